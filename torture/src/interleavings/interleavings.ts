// Any order of reads, writes, completions and losses: what comes of it must be what comes of the plainest order.
import { cutStream } from '../grammar/stream.ts'
import { Random } from '../random.ts'
import { bytesOf, type PlannedExchange, planExchanges } from './plan.ts'
import { World } from './world.ts'

/** Events of one case after which it does not come to an end. */
const EVENT_LIMIT = 5000

/** Runs a case; what is wrong, if anything is. In every third case the client is lost somewhere. */
export async function runInterleaving(seed: number, number: number): Promise<string | undefined> {
  const random = new Random(seed, number)
  const plan = planExchanges(random)
  const stream = Buffer.from(plan.map(bytesOf).join(''), 'latin1')
  const plain = await runPlainly(plan, stream)
  if (plain.fault !== undefined) return `in the plainest order: ${plain.fault}`
  const world = new World(plan, cutStream(stream, random))
  const lossAt = random.oneIn(3) ? random.below(40) : -1
  let events = 0
  for (; events < EVENT_LIMIT && world.fault === undefined; events++) {
    if (events === lossAt) await world.happen('lose')
    const possible = world.possible()
    if (possible.length === 0) break
    await world.happen(random.pick(possible), random.below(8))
  }
  if (events === EVENT_LIMIT) return 'does not come to an end'
  return world.fault ?? compareWorlds(world, plain, plan)
}

/** All bytes in one read, and whatever can happen at once. */
async function runPlainly(plan: readonly PlannedExchange[], stream: Buffer): Promise<World> {
  const world = new World(plan, [stream])
  for (let events = 0; events < EVENT_LIMIT && world.fault === undefined; events++) {
    // FIN last: a server that knows of it says `connection: close`.
    const [next, ...others] = world.possible().sort((a, b) => rank(a) - rank(b))
    if (next === undefined) break
    await world.happen(next === 'end' ? (others[0] ?? 'end') : next)
  }
  world.fault ??= world.wire.misuse ?? world.leftovers() ?? unread(world, plan)
  if (!world.isClosed) world.fault ??= 'not closed behind the end'
  if (world.seen.length < plan.length) world.fault ??= `${world.seen.length} of ${plan.length} requests were seen`
  return world
}

function rank(event: string): number {
  return event === 'end' ? 1 : 0
}

function compareWorlds(world: World, plain: World, plan: readonly PlannedExchange[]): string | undefined {
  const broken = world.wire.misuse ?? world.leftovers()
  if (broken !== undefined) return broken
  const output = withoutClose(world.wire.output)
  const expected = withoutClose(plain.wire.output)
  if (world.isLost) {
    return expected.startsWith(output) ? undefined : `before the loss: ${difference(output, expected)}`
  }
  if (!world.isClosed) return 'not closed behind the end'
  if (output !== expected) return difference(output, expected)
  return unread(world, plan)
}

/** Whether a body that was read to its end is not what was sent, byte by byte, with its trailers. */
function unread(world: World, plan: readonly PlannedExchange[]): string | undefined {
  for (const [i, { target, body, trailer }] of world.seen.entries()) {
    const { reads, pieces, framing } = plan[i] as PlannedExchange
    const sent = pieces.join('')
    if (reads !== 'all' || framing === 'none' || (framing === 'length' && sent === '')) continue
    if (body !== sent) return `${target}: read ${body?.length} bytes that are not the ${sent.length} sent`
    if (framing === 'chunked' && trailer !== String(sent.length)) return `${target}: trailer ${trailer}`
  }
  return undefined
}

/** Whether the end is known when a head is written depends on the order. */
function withoutClose(output: string): string {
  return output.replaceAll('connection: close\r\n', '')
}

function difference(output: string, expected: string): string {
  let at = 0
  while (at < output.length && output[at] === expected[at]) at++
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60))
  return `answers differ at ${at}: ${around(output)}, not ${around(expected)}`
}
