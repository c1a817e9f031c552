// What is done before anything is served or checked: this process becomes what the settings say, and files are opened.
import type { Logger } from 'pino'
import { unsupportedIn } from '../config/conflicts.ts'
import type { Settings } from '../config/settings.ts'
import type { Account } from '../ipc/messages.ts'
import type { CertificateKeeper } from '../transport/tls/certificate-keeper.ts'
import { accountFor } from './accounts.ts'
import { type MasterLog, openLogs } from './open-logs.ts'
import type { Plan } from './plan.ts'

/** What was opened. */
export interface Opened {
  readonly log: MasterLog
  readonly certificates: CertificateKeeper | undefined
}

/** Makes this process what the settings say, or tells what is wrong with that. */
export function prepare({
  settings,
}: Plan): { readonly account: Account | null } | { readonly problems: readonly string[] } {
  const lost = enter(settings.chdir)
  if (lost !== undefined) return { problems: [lost] }
  const unsupported = unsupportedIn(settings)
  if (unsupported.length > 0) return { problems: unsupported }
  if (settings.umask !== null) process.umask(settings.umask)
  const who = accountFor(settings, { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
  return 'problem' in who ? { problems: [who.problem] } : who
}

/** Opens the files that the settings name. */
export async function open({ settings }: Plan): Promise<Opened | { readonly problems: readonly string[] }> {
  setVariables(settings.rawEnv)
  const log = await openLogs(settings)
  if ('problems' in log) return log
  const certificates = speaksTls(settings) ? await openCertificates(settings, log.logger) : undefined
  if (certificates !== undefined && 'problems' in certificates) return certificates
  return { log, certificates }
}

async function openCertificates(settings: Settings, log: Logger): Promise<ReturnType<typeof CertificateKeeper.open>> {
  const { CertificateKeeper } = await import('../transport/tls/certificate-keeper.ts')
  return CertificateKeeper.open(settings, log)
}

function setVariables(entries: readonly string[]): void {
  for (const entry of entries) process.env[nameIn(entry)] = entry.slice(nameIn(entry).length + 1)
}

/** What these variables are now; `undefined` for those that are not set. */
export function valuesOf(entries: readonly string[]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(entries.map(entry => [nameIn(entry), process.env[nameIn(entry)]]))
}

function nameIn(entry: string): string {
  return entry.slice(0, entry.indexOf('='))
}

/** Whether any setting of TLS was given. One that is useless without a certificate is a mistake to be told. */
function speaksTls({ certfile, keyfile, caCerts, certReqs, ciphers }: Settings): boolean {
  return certfile.length > 0 || keyfile.length > 0 || caCerts !== null || certReqs !== 'none' || ciphers !== null
}

/** @returns what is wrong with the directory, if it cannot be entered */
function enter(directory: string | null): string | undefined {
  try {
    if (directory !== null) process.chdir(directory)
    return undefined
  } catch (error) {
    return `--chdir: cannot change to ${directory}: ${(error as Error).message}`
  }
}
