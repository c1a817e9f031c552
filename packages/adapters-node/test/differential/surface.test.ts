import { describe, expect, it } from '@jest/globals'
import { surface } from '../fixtures/surface.mjs'
import { observe } from '../support/behaviour.ts'
import { isAllowedMember } from '../support/members.ts'
import { nodeSubject } from '../support/node-subject.ts'
import { startPair } from '../support/pair.ts'
import { gatewayServers, type RunningServer } from '../support/servers.ts'

type Members = Readonly<Record<string, string>>

async function membersOf(server: RunningServer, name: string): Promise<Members> {
  const { responses } = await observe(server, name)
  return JSON.parse(responses[0]?.body ?? '') as Members
}

describe.each(gatewayServers)('through fromNode on $name', gateway => {
  const pair = startPair(nodeSubject, gateway)

  it.each(Object.keys(surface))('%s are those of node:http, and their values of the same types', async name => {
    const native = await membersOf(pair.native, name)
    const adapted = await membersOf(pair.adapted, name)
    const names = new Set([...Object.keys(native), ...Object.keys(adapted)])
    expect(names.size).toBeGreaterThan(50)
    const differing = [...names].filter(member => (native[member] ?? 'undefined') !== (adapted[member] ?? 'undefined'))
    expect(differing.filter(member => !isAllowedMember(name, member))).toEqual([])
  })
})
