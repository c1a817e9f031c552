// Each mutant runs the suite of the built package, and no case fails but those that mutants/server-kills.json lists. The whole
// suite for each takes some 400 s of a processor: with NSGI_MUTANTS=whole in the environment (pnpm run mutants:check), and when
// the list is written anew, with NSGI_UPDATE_MUTANTS (pnpm run mutants). Otherwise each runs the cases of the groups that it
// belongs to (RES, END, …), and those that are listed.
import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { type JudgedServer, type Judgement, judgeServer, judgeServers } from '../../../mutants/judge-servers.ts'
import { KILLS_FILE, killsText, serverKills } from '../../../mutants/server-kills.ts'
import { correctServers, judged, serverMutants } from '../../../mutants/servers.ts'

const updating = process.env['NSGI_UPDATE_MUTANTS'] !== undefined
const whole = updating || process.env['NSGI_MUTANTS'] === 'whole'
const kills = serverKills()
let judgements: ReadonlyMap<string, Judgement>

/** Milliseconds for all of them, on a machine that has more to do. */
const ALL_TIMEOUT = 1_200_000

describe('the servers that mutants are made of', () => {
  it.each(Object.entries(correctServers))(
    'pass every case: %s',
    async (_name, server: JudgedServer) => {
      const { failures, result } = await judgeServer(server)
      expect(failures).toEqual([])
      expect(result).toBe('conformant')
    },
    120_000,
  )
})

describe('the server suite', () => {
  beforeAll(async () => {
    const subjects = Object.entries(serverMutants).map(([name, mutant]) => {
      const expected = kills[name]
      const groups = mutant.breaks.map(id => id.replace(/-.*/, ''))
      const only = whole ? undefined : [...groups, ...(expected ?? [])]
      return [name, { ...judged(mutant), expected, only }] as const
    })
    judgements = await judgeServers(Object.fromEntries(subjects))
    process.stdout.write(summary())
    if (!updating) return
    const found = Object.keys(serverMutants).map(name => [name, judgements.get(name)?.caughtBy ?? []] as const)
    writeFileSync(KILLS_FILE, killsText(Object.fromEntries(found)))
  }, ALL_TIMEOUT)

  it.each(Object.keys(serverMutants))('catches one that %s, and blames nothing else', name => {
    const { caughtBy, failures } = judgements.get(name) as Judgement
    const expected = updating ? caughtBy : (kills[name] ?? [])
    // What must see it are the listed cases of the requirement that is broken, and no case may that is neither of it nor listed. Whether those
    // at its edge do, which wait for what then comes late, may depend on how busy the machine is.
    const broken = new Set<string>(serverMutants[name]?.breaks)
    const others = caughtBy.filter(id => !expected.includes(id) && !broken.has(requirementOf(id)))
    expect({ others, failures }).toEqual({ others: [], failures })
    expect(caughtBy).toEqual(expect.arrayContaining(expected.filter(id => broken.has(requirementOf(id)))))
  })

  it.each(Object.entries(serverMutants))('blames the requirement that is broken by one that %s', (name, { breaks }) => {
    const blamed = new Set(judgements.get(name)?.caughtBy.map(requirementOf))
    expect(breaks.filter(id => !blamed.has(id))).toEqual([])
  })

  it('lists no mutant that is not there', () => {
    expect(Object.keys(updating ? serverKills() : kills)).toEqual(Object.keys(serverMutants))
  })
})

/** `RES-25` of `RES-25.1`. */
function requirementOf(id: string): string {
  return id.replace(/\.\d+$/, '')
}

function summary(): string {
  const all = [...judgements.values()]
  const killed = all.filter(({ caughtBy }) => caughtBy.length > 0).length
  const again = all.filter(one => one.again).length
  return `${all.length} broken servers, ${killed} caught, ${again} looked at twice\n`
}
