// Runs one scenario on one framework in both ways and says what differs.
import { isDeepStrictEqual } from 'node:util'
import { CookieJar } from './cookie-jar.ts'
import { EventLog } from './event-log.ts'
import { loadFramework } from './frameworks.ts'
import { observed } from './observed.ts'
import { converse, type Observed, type RequestShape, requestBytes } from './raw-client.ts'
import type { Built, Exchange, Framework, FrameworkId, Scenario } from './scenario.ts'
import { type Serve, serveAdapted, serveNatively } from './serving.ts'

/** An exchange that did not come out as on `node:http`. */
export interface Mismatch {
  readonly exchange: string
  readonly native: unknown
  readonly adapted: unknown
}

/** What came of a scenario on one framework. */
export interface Outcome {
  readonly exchanges: number
  readonly mismatches: readonly Mismatch[]
  /** Exchanges that differ as they are meant to, with the reason. */
  readonly differences: readonly { readonly exchange: string; readonly reason: string }[]
}

/** Milliseconds for one exchange: far more than any takes on a busy machine, so that what hangs is a failure of its own. */
const PATIENCE = 20_000

/** The whole log is compared under this name. */
const LOG = 'the log of the application'

export async function runScenario(scenario: Scenario, id: FrameworkId): Promise<Outcome> {
  const framework = await loadFramework(id)
  const native = await play(scenario, framework, serveNatively).catch(failing('on node:http'))
  const adapted = await play(scenario, framework, serveAdapted).catch(failing('on Kirin'))
  const mismatches: Mismatch[] = []
  const differences: { exchange: string; reason: string }[] = []
  for (const [name, seen] of Object.entries(native)) {
    const exchange = scenario.exchanges.find(exchange => exchange.name === name)
    const differs = exchange?.differs
    // What fails in both ways shows nothing: a 500 is meant, or the scenario is wrong.
    if (isObserved(seen) && / 500 /.test(seen.statusLine) && exchange?.fails !== true) {
      throw new Error(`"${name}" is answered with a 500 natively: ${seen.body}`)
    }
    const expected = differs === undefined ? seen : differs.expected(seen)
    const got = adapted[name]
    if (!isDeepStrictEqual(asAServerFrames(expected, got), got)) {
      mismatches.push({ exchange: name, native: expected, adapted: got })
    } else if (differs !== undefined) {
      differences.push({ exchange: name, reason: differs.reason })
    }
  }
  return { exchanges: scenario.exchanges.length, mismatches, differences }
}

/** What was seen of each exchange, by its name, and the log. */
async function play(scenario: Scenario, framework: Framework, serve: Serve): Promise<Record<string, unknown>> {
  const log = new EventLog()
  const made = await scenario.build({ framework, log })
  const built: Built = typeof made === 'function' ? { app: made } : made
  const serving = await serve(framework.id, built)
  const jar = scenario.cookies === true ? new CookieJar() : undefined
  const seen: Record<string, unknown> = {}
  let logs = 0
  try {
    for (const exchange of scenario.exchanges) {
      logs += exchange.logs ?? 0
      seen[exchange.name] = masked(
        await within(exchange, () => perform(exchange, { port: serving.port, log, jar })),
        scenario,
      )
      await within(exchange, () => log.until(logs))
    }
  } finally {
    await serving.stop()
  }
  seen[LOG] = masked(log.lines, scenario)
  return seen
}

interface Place {
  readonly port: number
  readonly log: EventLog
  readonly jar: CookieJar | undefined
}

async function perform(exchange: Exchange, { port, log, jar }: Place): Promise<unknown> {
  const request = async (shape: RequestShape): Promise<Observed> => {
    const sent = jar === undefined ? shape : { ...shape, headers: { ...jar.header(), ...shape.headers } }
    const answer = observed(await converse(port, requestBytes(sent)), shape.method)
    jar?.keep(answer.headers)
    return answer
  }
  return 'drive' in exchange ? exchange.drive({ port, log, request }) : request(exchange)
}

function failing(where: string): (error: unknown) => never {
  return error => {
    throw new Error(`it came to no end ${where}`, { cause: error })
  }
}

async function within<T>({ name }: Exchange, action: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`"${name}" took more than ${PATIENCE} ms`)), PATIENCE)
  })
  try {
    return await Promise.race([action(), late])
  } finally {
    clearTimeout(timer)
  }
}

function masked(value: unknown, { masks = [] }: Scenario): unknown {
  const text = JSON.stringify(value) ?? 'null'
  return JSON.parse(masks.reduce((whole, [pattern, instead]) => whole.replaceAll(pattern, instead), text)) as unknown
}

/**
 * The framing is the server's (docs/adapters.md): a body that was ended in one piece has a known length, also where node:http
 * falls back to chunked framing, and HEAD gets the head of GET. A 204 has no length (RFC 9110 §8.6), whatever a program
 * sets. And these clients ask for the connection to be closed, which the server does also where a program says `keep-alive`.
 */
function asAServerFrames(expected: unknown, got: unknown): unknown {
  if (!isObserved(expected) || !isObserved(got)) return expected
  const whole = got.framing.startsWith('length ') && !got.truncated && expected.framing === 'chunked'
  const asGet = got.framing === 'chunked' && expected.framing === 'none' && expected.body === ''
  const none = got.framing === 'none' && expected.framing === 'length 0' && / 204 /.test(expected.statusLine)
  const framing = whole || asGet || none ? got.framing : expected.framing
  return { ...expected, framing, closes: expected.closes || got.closes }
}

function isObserved(value: unknown): value is Observed {
  return typeof value === 'object' && value !== null && 'framing' in value && 'statusLine' in value
}
