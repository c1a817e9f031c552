// `npm run bench`: every target in turn, for several rounds, so that a slow minute of the machine falls on
// all of them; medians, and ratios to the first target within each round.
import { writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { parseArgs } from 'node:util'
import { type Cost, measure } from './measure.ts'
import { TARGETS } from './targets.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
})
const load = { connections: Number(values.connections), seconds: Number(values.seconds) }
const targets = TARGETS.filter(({ name }, index) => index === 0 || name.includes(values.only))
const costs = new Map<string, Cost[]>(targets.map(({ name }) => [name, []]))

for (let round = 1; round <= Number(values.rounds); round++) {
  for (const target of targets) {
    const cost = await measure(target, load)
    costs.get(target.name)?.push(cost)
    console.error(`round ${round}  ${target.name.padEnd(26)} ${cost.total.toFixed(2)} µs`)
  }
}

const base = costs.get((targets[0] as (typeof TARGETS)[number]).name) ?? []
const rows = [...costs].map(([name, all]) => ({
  name,
  user: median(all.map(({ user }) => user)),
  system: median(all.map(({ system }) => system)),
  total: median(all.map(({ total }) => total)),
  ratio: median(all.map(({ total }, round) => total / (base[round]?.total ?? Number.NaN))),
}))

console.log(
  `\nprocessor time a request, ${load.connections} connections, node ${process.version}, ${platform()} ${arch()}, ${cpus()[0]?.model ?? ''}\n`,
)
console.log('| server | user | system | total | of node:http |\n| --- | --- | --- | --- | --- |')
for (const { name, user, system, total, ratio } of rows) {
  console.log(`| ${name} | ${micros(user)} | ${micros(system)} | ${micros(total)} | ${ratio.toFixed(2)} |`)
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ load, node: process.version, rows, rounds: [...costs] }, null, 2)}\n`)

function micros(value: number): string {
  return `${value.toFixed(1)} µs`
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
