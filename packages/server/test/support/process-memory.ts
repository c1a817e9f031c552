// What a process holds in memory, from Linux's /proc.
import { readFileSync, writeFileSync } from 'node:fs'

/** Resident bytes of a process now. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS')
}

/** The most resident bytes since `forgetPeak`, or since the process began. */
export function peakBytes(pid: number): number {
  return statusBytes(pid, 'VmHWM')
}

/** Makes what is resident now the peak. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function statusBytes(pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) * 1024
}
