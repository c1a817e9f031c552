// Each mutant runs the suite of the built package, and no case fails but those that mutants/server-kills.json lists. The whole
// suite for each takes some fifteen minutes of a processor: with NSGI_MUTANTS=whole in the environment (pnpm run mutants:check), and when
// the list is written anew, with NSGI_UPDATE_MUTANTS (pnpm run mutants). Otherwise each runs the cases of the groups that it
// belongs to (RES, END, …) but for a few that cost the most, and those that are listed (mutants/cases-for.ts).
import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { casesFor, groupOf } from '../../../mutants/cases-for.ts'
import { type JudgedServer, type Judgement, judgeServer, judgeServers } from '../../../mutants/judge-servers.ts'
import { KILLS_FILE, killsText, serverKills } from '../../../mutants/server-kills.ts'
import type { ServerMutant } from '../../../mutants/server-mutant.ts'
import { correctServers, judged, serverMutants } from '../../../mutants/servers.ts'
import { serverCases } from '../../../src/conformance/server/cases/index.ts'

const updating = process.env['NSGI_UPDATE_MUTANTS'] !== undefined
const whole = updating || process.env['NSGI_MUTANTS'] === 'whole'
const kills = serverKills()
const judgements = new Map<string, Judgement>()

/** Milliseconds for the mutants of a part, on a machine that has more to do. */
const PART_TIMEOUT = 1_200_000

/** The groups of requirements in parts, each judged by itself: where one mutant is to be looked at once more, only its part is run again. */
const PARTS = [['REQ'], ['BOD', 'EXP', 'END'], ['RES'], ['UPG', 'LIF', 'TLS']] as const

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

describe.each(PARTS.map(groups => [groups.join(', '), groups] as const))(
  'of servers that break %s',
  (_title, groups) => {
    const mutants = Object.entries(serverMutants).filter(([, mutant]) => isOf(groups, mutant))

    beforeAll(async () => {
      const subjects = mutants.map(([name, mutant]) => {
        const expected = kills[name]
        const only = whole ? undefined : casesFor(mutant, expected ?? [])
        return [name, { ...judged(mutant), expected, only }] as const
      })
      const found = await judgeServers(Object.fromEntries(subjects))
      for (const [name, judgement] of found) judgements.set(name, judgement)
      process.stdout.write(summary(found))
    }, PART_TIMEOUT)

    it.each(mutants)('the suite catches one that %s, and blames nothing else', (name, { breaks }) => {
      const { caughtBy, failures } = judgements.get(name) as Judgement
      const expected = updating ? caughtBy : (kills[name] ?? [])
      // What must see it are the listed cases of the requirement that is broken, and no case may that is neither of it nor listed. Whether those
      // at its edge do, which wait for what then comes late, may depend on how busy the machine is.
      const broken = new Set<string>(breaks)
      const others = caughtBy.filter(id => !expected.includes(id) && !broken.has(requirementOf(id)))
      expect({ others, failures }).toEqual({ others: [], failures })
      expect(caughtBy).toEqual(expect.arrayContaining(expected.filter(id => broken.has(requirementOf(id)))))
    })

    it.each(mutants)('the suite blames the requirement that is broken by one that %s', (name, { breaks }) => {
      const blamed = new Set(judgements.get(name)?.caughtBy.map(requirementOf))
      expect(breaks.filter(id => !blamed.has(id))).toEqual([])
    })
  },
)

describe('the list of what catches which mutant', () => {
  it('has those that are there, and no others', () => {
    const names = Object.keys(serverMutants)
    if (updating) {
      const found = names.map(name => [name, judgements.get(name)?.caughtBy ?? []] as const)
      writeFileSync(KILLS_FILE, killsText(Object.fromEntries(found)))
    }
    expect(Object.keys(updating ? serverKills() : kills)).toEqual(names)
  })

  it('has none that most cases catch: it would be none that is wrong in one respect, but one that does not start', () => {
    const many = Object.entries(serverKills()).filter(([, ids]) => ids.length > serverCases.length / 4)
    expect(many.map(([name, ids]) => `${name}: ${ids.length} cases`)).toEqual([])
  })

  it('has each of them in one part of these tests', () => {
    const parted = PARTS.flatMap(groups => Object.values(serverMutants).filter(mutant => isOf(groups, mutant)))
    expect(new Set(parted)).toEqual(new Set(Object.values(serverMutants)))
    expect(parted.length).toBe(Object.keys(serverMutants).length)
  })
})

/** Whether the first requirement that a mutant breaks is of one of these groups. */
function isOf(groups: readonly string[], { breaks: [first] }: ServerMutant): boolean {
  return first !== undefined && groups.includes(groupOf(first))
}

/** `RES-25` of `RES-25.1`. */
function requirementOf(id: string): string {
  return id.replace(/\.\d+$/, '')
}

function summary(found: ReadonlyMap<string, Judgement>): string {
  const all = [...found.values()]
  const killed = all.filter(({ caughtBy }) => caughtBy.length > 0).length
  const again = all.filter(one => one.again).length
  return `${all.length} broken servers, ${killed} caught, ${again} looked at twice\n`
}
