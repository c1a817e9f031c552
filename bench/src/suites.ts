// What can be measured: suites of groups, in each of which targets take turns under the same load.
import { type Load, PLAIN } from './load.ts'
import { BUN, DROP_IN, FRAMEWORKS, HONO, KIRIN_GATEWAY, NET_FLOOR, NODE_HTTP, type Target } from './targets.ts'

/** What a ratio of two targets' processor times has to stay below (performance bars of the design). */
export interface Bar {
  readonly target: Target
  readonly of: Target
  readonly atMost: number
}

/** Targets under one load. The first is what the others are compared with. */
export interface Group {
  /** What stands in the table, or the number on the plot's axis. */
  readonly label: string | number
  readonly load: Load
  readonly targets: readonly Target[]
  readonly bars: readonly Bar[]
}

export interface Suite {
  readonly name: string
  readonly title: string
  readonly groups: readonly Group[]
  /** What a number that labels a group counts, if the suite shows how cost grows with it. */
  readonly axis?: string
}

const KIB = 1024
const MIB = 1024 * KIB
const JSON_UPLOAD = { size: 10 * KIB, kind: 'json' } as const

/** The shapes in which frameworks are compared. */
const FRAMEWORK_LOADS: Readonly<Record<string, Load>> = {
  'hello, world': PLAIN,
  'JSON of 1 KB': { ...PLAIN, path: '/json' },
  'buffer of 100 KB': { ...PLAIN, path: `/bytes/${100 * KIB}` },
  'stream of 10 MB': { ...PLAIN, path: `/stream/${10 * MIB}`, connections: 8 },
  'POST of 10 KB JSON': { ...PLAIN, path: '/json', method: 'POST', upload: JSON_UPLOAD },
}

/** Further shapes for the server itself. */
const SHAPES: Readonly<Record<string, Load>> = {
  ...FRAMEWORK_LOADS,
  'upload of 10 MB': {
    ...PLAIN,
    path: '/upload',
    method: 'POST',
    connections: 8,
    upload: { size: 10 * MIB, kind: 'bytes' },
  },
  '16 pipelined': { ...PLAIN, pipelined: 16 },
  '32 header fields': { ...PLAIN, fields: 32 },
}

const peers: readonly Target[] = BUN === undefined ? [] : [BUN]

const hello: Suite = {
  name: 'hello',
  title: 'GET of 13 bytes, 64 connections kept alive',
  groups: [
    {
      label: 'hello, world',
      load: PLAIN,
      targets: [
        NODE_HTTP,
        KIRIN_GATEWAY,
        NET_FLOOR,
        ...peers,
        ...FRAMEWORKS.flatMap(({ natively, adapted }) => [natively, adapted]),
      ],
      bars: [
        { target: KIRIN_GATEWAY, of: NODE_HTTP, atMost: 0.6 },
        { target: KIRIN_GATEWAY, of: NET_FLOOR, atMost: 1.25 },
        ...FRAMEWORKS.map(({ name, natively, adapted }) => ({
          target: adapted,
          of: natively,
          atMost: name === 'Express' ? 0.85 : 1,
        })),
      ],
    },
  ],
}

const shapes: Suite = {
  name: 'shapes',
  title: 'Other shapes of request',
  groups: [
    ...Object.entries(SHAPES).map(([label, load]) => ({
      label,
      load,
      targets: [NODE_HTTP, KIRIN_GATEWAY, ...peers],
      bars: [{ target: KIRIN_GATEWAY, of: NODE_HTTP, atMost: 1 }],
    })),
    {
      label: 'hello, world over TLS',
      load: { ...PLAIN, tls: true },
      targets: [NODE_HTTP, KIRIN_GATEWAY],
      bars: [{ target: KIRIN_GATEWAY, of: NODE_HTTP, atMost: 1 }],
    },
  ],
}

const frameworks: Suite = {
  name: 'frameworks',
  title: 'Frameworks, natively and through their adapters',
  groups: FRAMEWORKS.flatMap(({ name, natively, adapted }) =>
    Object.entries(FRAMEWORK_LOADS).map(([label, load]) => ({
      label: `${name}, ${label}`,
      load,
      targets: [natively, adapted],
      bars: [{ target: adapted, of: natively, atMost: 1 }],
    })),
  ),
}

const dropIn: Suite = {
  name: 'drop-in',
  title: 'The drop-in for node:http beside it',
  groups: Object.entries(SHAPES).map(([label, load]) => ({
    label,
    load,
    targets: [NODE_HTTP, DROP_IN],
    bars: [{ target: DROP_IN, of: NODE_HTTP, atMost: 1 }],
  })),
}

const fetchHandlers: Suite = {
  name: 'fetch',
  title: 'A fetch handler (Hono)',
  groups: ['hello, world', 'JSON of 1 KB', 'POST of 10 KB JSON'].map(label => ({
    label,
    load: FRAMEWORK_LOADS[label] ?? PLAIN,
    targets: HONO,
    bars: [{ target: HONO[2], of: HONO[0], atMost: 1 }],
  })),
}

const connections = growth('connections', [1, 8, 64, 512, 4096, 10_000], count => ({ ...PLAIN, connections: count }))
const fields = growth('header fields', [0, 4, 8, 16, 32, 64], count => ({ ...PLAIN, fields: count }))
const sizes = growth('KiB of response', [1, 4, 16, 64, 256, 1024], count => ({
  ...PLAIN,
  path: `/bytes/${count * KIB}`,
}))

function growth(axis: string, counts: readonly number[], loadOf: (count: number) => Load): Suite {
  return {
    name: axis.replaceAll(' ', '-').toLowerCase(),
    title: `How the cost of a request grows with ${axis}`,
    axis,
    groups: counts.map(count => ({
      label: count,
      load: loadOf(count),
      targets: [NODE_HTTP, KIRIN_GATEWAY, ...peers],
      bars: [],
    })),
  }
}

/** All suites by name; the first is measured when none is named. */
export const SUITES: ReadonlyMap<string, Suite> = new Map(
  [hello, shapes, frameworks, fetchHandlers, dropIn, connections, fields, sizes].map(suite => [suite.name, suite]),
)
