import type { WorkersSettings } from '../config/settings/workers.ts'
import type { Policy } from './model.ts'

/** What the settings mean to the arbiter; they are in seconds, it counts milliseconds. */
export function policyOf(settings: WorkersSettings, certificates: boolean): Policy {
  return {
    workers: settings.workers,
    bootTimeout: settings.bootTimeout * 1000,
    gracefulTimeout: settings.gracefulTimeout * 1000,
    preStopDelay: settings.preStopDelay * 1000,
    timeout: settings.timeout * 1000,
    maxMemory: settings.maxMemory,
    maxLifetime: settings.maxLifetime * 1000,
    // Who develops does not want to wait.
    healthWindow: settings.reload ? 0 : settings.healthWindow * 1000,
    upgradeAuto: settings.upgradeAuto,
    certificates,
  }
}
