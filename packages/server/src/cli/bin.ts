#!/usr/bin/env node
// The command kirin.

// First of all, before anything else is even loaded: without a listener Node opens its inspector at SIGUSR1.
process.on('SIGUSR1', () => {})

const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2), process.env)
// Whatever the loop still holds (a timer of a library, say) must not keep a stopped server alive.
process.exit()
