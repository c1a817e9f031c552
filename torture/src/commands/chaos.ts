// `npm run torture -- chaos`: what becomes of every request while servers are reloaded, resized, killed and broken, Kirin and gunicorn
// under the same load. Prints the table of docs/reliability.md.
import { type ChaosReport, rowOf, runChaos } from '../chaos/chaos.ts'
import { SCENARIOS } from '../chaos/scenarios.ts'
import { isInstalled } from '../chaos/subject.ts'
import type { TortureOptions } from './options.ts'

const WORKERS = 4
const CLIENTS = 64
/** How often each thing is done. */
const TIMES = 20

/** Runs every scenario against every server; whether Kirin lost nothing that it need not have lost. */
export async function runChaosLevel({ seed, cases = TIMES }: TortureOptions): Promise<boolean> {
  const servers = (['kirin', 'gunicorn'] as const).filter(server => isInstalled(server) || tellMissing(server))
  const reports: ChaosReport[] = []
  for (const scenario of SCENARIOS) {
    for (const server of servers) {
      if (scenario.kirinOnly === true && server !== 'kirin') continue
      const report = await runChaos({ server, scenario, seed, times: cases, workers: WORKERS, clients: CLIENTS })
      if (report === undefined) {
        console.log(`${scenario.name}: not possible here (a small file system has to be mounted)`)
        continue
      }
      reports.push(report)
      console.log(rowOf(report))
      for (const fault of report.faults.slice(0, 5)) console.log(`    ${fault}`)
    }
  }
  console.log('\n| done | server | seconds | requests | not answered | of them on a killed worker | without excuse |')
  console.log('| --- | --- | --- | --- | --- | --- | --- |')
  for (const report of reports) console.log(rowOf(report))
  return reports.every(({ server, faults }) => server !== 'kirin' || faults.length === 0)
}

function tellMissing(server: string): boolean {
  console.log(`${server} is not installed: its half of the table is missing (apt-get install ${server})`)
  return false
}
