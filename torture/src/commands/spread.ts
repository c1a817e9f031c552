// `npm run torture -- spread`: how evenly connections come to workers. Prints the table of docs/reliability.md; finds no faults.
import { type Arrival, spreadOf } from '../chaos/spread.ts'
import type { TortureOptions } from './options.ts'

const WORKERS = 4
const CONNECTIONS = 400

/** From which Node on each worker can have a socket of its own. */
const REUSE_PORT: readonly [number, number] = [22, 12]

const SOCKETS: readonly { readonly name: string; readonly settings: readonly string[] }[] = [
  { name: 'one for all workers', settings: [] },
  { name: '`--reuse-port`', settings: ['--reuse-port'] },
]

export async function runSpread({ cases = CONNECTIONS }: TortureOptions): Promise<boolean> {
  console.log(
    `Node ${process.version}; ${cases} connections to ${WORKERS} workers, ${cases / WORKERS} each if all were even`,
  )
  console.log('\n| socket | connections come | of each worker | standard deviation |\n| --- | --- | --- | --- |')
  for (const { name, settings } of SOCKETS) {
    if (settings.length > 0 && !knowsReusePort()) {
      console.log(`| ${name} | needs Node ${REUSE_PORT.join('.')} | | |`)
      continue
    }
    for (const arrival of ['in turn', 'at once'] satisfies Arrival[]) {
      const spread = await spreadOf({ workers: WORKERS, connections: cases, arrival, settings })
      console.log(`| ${name} | ${arrival} | ${spread.connections.join(', ')} | ${spread.deviation.toFixed(1)} |`)
    }
  }
  return true
}

function knowsReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > REUSE_PORT[0] || (major === REUSE_PORT[0] && minor >= REUSE_PORT[1])
}
