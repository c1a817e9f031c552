#!/usr/bin/env node
import { constants } from 'node:os'
import process from 'node:process'
import { main } from './main.ts'

// The servers that it has started go with it: the exit takes them away.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]))
}
const code = await main(process.argv.slice(2), process)
// An application under test may have left something that keeps a process alive.
process.stdout.write('', () => process.exit(code))
