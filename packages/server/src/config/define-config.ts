// What a configuration file is written with.
import type { Hooks } from '../hooks/hooks.ts'
import type { FileSettings } from './file/file-settings.ts'

/** The settings and hooks of a configuration file. A member that is `undefined` counts as absent. */
export interface KirinConfig extends FileSettings, Hooks {}

/** What a configuration file may export: the configuration, a promise of it, or a function that returns either. */
export type KirinConfigExport = KirinConfig | Promise<KirinConfig> | (() => KirinConfig | Promise<KirinConfig>)

/**
 * Gives a configuration its types, and returns it as it is:
 *
 *     import { defineConfig } from '@nsgi/server'
 *
 *     export default defineConfig({ bind: '0.0.0.0:8000', workers: 4 })
 */
export function defineConfig<Config extends KirinConfigExport>(config: Config): Config {
  return config
}
