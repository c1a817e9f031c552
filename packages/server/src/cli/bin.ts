#!/usr/bin/env node
// The command kirin.
import { EarlySignals } from './early-signals.ts'

// First of all, before anything else is even loaded: without a listener Node opens its inspector at SIGUSR1, and other signals for a
// master would end it.
process.on('SIGUSR1', () => {})
const earlySignals = new EarlySignals()

const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2), process.env, earlySignals)
// Whatever the loop still holds (a timer of a library, say) must not keep a stopped server alive.
process.exit()
