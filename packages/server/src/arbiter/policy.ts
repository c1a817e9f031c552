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
    scaling: scalingOf(settings),
    emergency: emergencyOf(settings),
    // Who develops does not want to wait.
    healthWindow: settings.reload ? 0 : settings.healthWindow * 1000,
    upgradeAuto: settings.upgradeAuto,
    certificates,
  }
}

function scalingOf({ workers, workersMin, workersMax }: WorkersSettings): Policy['scaling'] {
  if (workersMin === 0 && workersMax === 0) return null
  const min = Math.max(1, workersMin)
  return { min, max: workersMax === 0 ? Math.max(min, workers) : workersMax }
}

function emergencyOf(settings: WorkersSettings): Policy['emergency'] {
  const { emergencyRestartThreshold: threshold, emergencyRestartInterval } = settings
  return threshold === 0 ? null : { threshold, interval: emergencyRestartInterval * 1000 }
}
