// What this machine may lack: tests that need it are skipped there, and counted as skipped.
import { accessSync, constants } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { delimiter, join } from 'node:path'
import { it } from '@jest/globals'

/** `it`, where the machine has IPv6 on its loopback interface. */
export const itWithIpv6: typeof it.skip = Object.values(networkInterfaces()).some(addresses =>
  addresses?.some(({ address }) => address === '::1'),
)
  ? it
  : it.skip

/** `it`, where the tests run as root. */
export const itAsRoot: typeof it.skip = process.getuid?.() === 0 ? it : it.skip

/** `it`, where they do not. */
export const itAsUser: typeof it.skip = process.getuid?.() === 0 ? it.skip : it

/** Where that program is; daemons are often not in an ordinary user's PATH. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
