import { describe, expect, it } from '@jest/globals'
import { PLAIN } from '../src/load.ts'
import { type Selection, selected } from '../src/selection.ts'
import type { Suite } from '../src/suites.ts'
import { KIRIN_GATEWAY, NET_FLOOR, NODE_HTTP } from '../src/targets.ts'

function suite(name: string, labels: readonly (string | number)[]): Suite {
  return {
    name,
    title: name,
    groups: labels.map(label => ({
      label,
      load: PLAIN,
      targets: [NODE_HTTP, KIRIN_GATEWAY, NET_FLOOR],
      bars: [
        { target: KIRIN_GATEWAY, of: NODE_HTTP, atMost: 0.6 },
        { target: KIRIN_GATEWAY, of: NET_FLOOR, atMost: 1.25 },
      ],
    })),
  }
}

const HELLO = suite('hello', ['hello, world'])
const SHAPES = suite('shapes', ['hello, world', 'POST of 10 KB JSON', 'upload of 10 MB'])
const SIZES = suite('sizes', [1, 16, 64])

const all = { only: '', group: '' }

function labels(selections: readonly Selection[]): readonly unknown[] {
  return selections.map(({ suite: { name }, groups }) => [name, ...groups.map(({ label }) => label)])
}

describe('what the bench measures', () => {
  it('is everything in the suites when no word narrows it', () => {
    expect(selected([HELLO, SIZES], all)).toEqual([
      { suite: HELLO, groups: HELLO.groups },
      { suite: SIZES, groups: SIZES.groups },
    ])
  })

  it('is the rows whose name holds a word, of the suites that have one', () => {
    expect(labels(selected([HELLO, SHAPES, SIZES], { ...all, group: 'POST' }))).toEqual([
      ['shapes', 'POST of 10 KB JSON'],
    ])
    expect(labels(selected([HELLO, SHAPES, SIZES], { ...all, group: 'hello' }))).toEqual([
      ['hello', 'hello, world'],
      ['shapes', 'hello, world'],
    ])
  })

  it('may be rows that are named by numbers', () => {
    expect(labels(selected([HELLO, SIZES], { ...all, group: '6' }))).toEqual([['sizes', 16, 64]])
  })

  it('is refused where no suite has such a row', () => {
    expect(() => selected([HELLO, SHAPES], { ...all, group: 'GET' })).toThrow(
      '--group GET: no row of hello, shapes has that in its name',
    )
  })

  it('is the targets whose name holds a word, beside the first of a group, and the bars between them', () => {
    const [selection] = selected([HELLO], { ...all, only: 'kirin' })
    expect(selection?.groups).toEqual([
      { ...HELLO.groups[0], targets: [NODE_HTTP, KIRIN_GATEWAY], bars: [HELLO.groups[0]?.bars[0]] },
    ])
  })
})
