// Writes dist/bundle: what a worker process loads, in one file instead of a hundred and thirty, which takes a third off its start
// (docs/decisions/0023). Made of what tsc has written, whose source maps it follows.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
rmSync(`${dist}bundle`, { recursive: true, force: true })

await build({
  entryPoints: { worker: `${dist}worker/main.js`, 'tracer-thread': `${dist}worker/tracer-thread.js` },
  outdir: `${dist}bundle`,
  bundle: true,
  // What is imported later, and seldom, stays a file of its own; what several of them share there is once.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  // Only a worker that runs a program loads it, and such are not started from here.
  external: ['./program.js'],
  sourcemap: true,
  logLevel: 'warning',
})
