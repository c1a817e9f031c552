// The one table of settings, made of a file for each group. The command line, the environment, the configuration file, every check,
// `--help`, docs/settings.md and the JSON schema come from it.

import type { TableOf } from './setting.ts'
import { type ApplicationSettings, applicationSettings } from './settings/application.ts'
import { type HttpSettings, httpSettings } from './settings/http.ts'
import { type LimitSettings, limitSettings } from './settings/limits.ts'
import { type LogSettings, logSettings } from './settings/logging.ts'
import { type MonitoringSettings, monitoringSettings } from './settings/monitoring.ts'
import { type ProcessSettings, processSettings } from './settings/process.ts'
import { type ProxySettings, proxySettings } from './settings/proxies.ts'
import { type SocketSettings, socketSettings } from './settings/sockets.ts'
import { type TimeoutSettings, timeoutSettings } from './settings/timeouts.ts'
import { type TlsSettings, tlsSettings } from './settings/tls.ts'
import { type WorkersSettings, workersSettings } from './settings/workers.ts'

/** Every setting with its final value. All times are in seconds. */
export interface Settings
  extends ApplicationSettings,
    SocketSettings,
    TlsSettings,
    WorkersSettings,
    LimitSettings,
    TimeoutSettings,
    HttpSettings,
    ProxySettings,
    LogSettings,
    MonitoringSettings,
    ProcessSettings {}

/** The settings table: one entry for each member of {@link Settings}. */
export type SettingsTable = TableOf<Settings>

/** In the order in which `--help` and the reference show them. */
export const settingsTable: SettingsTable = {
  ...applicationSettings,
  ...socketSettings,
  ...tlsSettings,
  ...workersSettings,
  ...limitSettings,
  ...timeoutSettings,
  ...httpSettings,
  ...proxySettings,
  ...logSettings,
  ...monitoringSettings,
  ...processSettings,
}

/** Every setting's default. */
export const defaultSettings: Settings = Object.freeze(
  Object.fromEntries(Object.entries(settingsTable).map(([key, setting]) => [key, setting.default])),
) as unknown as Settings
