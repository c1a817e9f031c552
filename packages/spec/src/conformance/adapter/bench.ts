import type { Application } from '../../application.ts'
import type { GatewayResponse, ResponseHeaders } from '../../response.ts'
import { createContext } from '../../testing/create-context.ts'
import { createRequest, type RequestInit } from '../../testing/create-request.ts'
import { HeldResponse } from '../application/held-response.ts'
import { expectThat, skip } from '../failure.ts'
import type { Events } from './events.ts'
import type { AdapterFixture, NativeServer } from './fixture.ts'

/** What the cases of one run share. */
export interface Subjects {
  readonly fixture: AdapterFixture
  readonly application: Application
  readonly native: NativeServer | undefined
  readonly events: Events
}

/** Milliseconds for a response to be there. */
const TO_ANSWER = 3000

/** Milliseconds for a body to end. */
const TO_READ = 5000

let exchanges = 0

/** What one case gets. */
export class AdapterBench {
  readonly subjects: Subjects
  readonly #exchanges: Exchange[] = []

  constructor(subjects: Subjects) {
    this.subjects = subjects
  }

  /** Calls a route through the adapter: `GET /text`. Skips where the framework cannot have it. */
  open(route: string, init: RequestInit = {}): Exchange {
    this.expectRoute(route)
    const exchange = new Exchange(this.subjects, route, init)
    this.#exchanges.push(exchange)
    return exchange
  }

  /** Skips where the framework cannot have the route. */
  expectRoute(route: string): void {
    const reason = this.subjects.fixture.lacks?.[route]
    if (reason !== undefined) skip(`${route}: ${reason}`)
  }

  /** Ends what the case left open. */
  async close(): Promise<void> {
    for (const exchange of this.#exchanges) await exchange.lose()
  }
}

/** One call of a route, with the suite as its server. */
export class Exchange {
  /** As it stands in `fixture-id`. */
  readonly id: string
  readonly informational: { readonly status: number; readonly headers: ResponseHeaders }[] = []
  readonly #route: string
  readonly #events: Events
  readonly #client = new AbortController()
  readonly #answer: Promise<HeldResponse>
  #held: HeldResponse | undefined

  constructor({ application, events }: Subjects, route: string, init: RequestInit) {
    this.id = freshId()
    this.#route = route
    this.#events = events
    const request = createRequest({
      ...requestInit(route, this.id, init),
      signal: this.#client.signal,
      inform: this.#inform,
    })
    this.#answer = (async () => {
      const response: GatewayResponse = await application(request, createContext())
      this.#held = new HeldResponse(response, route)
      return this.#held
    })()
    // A case that loses its client may never look at it.
    this.#answer.catch(() => undefined)
  }

  /** What the fixture told so far. */
  get told(): readonly string[] {
    return this.#events.of(this.id)
  }

  /** The end as the framework was told it. */
  get ending(): readonly string[] {
    return this.told.filter(event => event === 'finish' || event === 'close')
  }

  until(event: string): Promise<void> {
    return this.#events.until(this.id, event)
  }

  /** The response; rejects with what the application failed with. */
  async response(): Promise<HeldResponse> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>(resolve => {
      timer = setTimeout(resolve, TO_ANSWER, undefined)
    })
    try {
      const held = await Promise.race([this.#answer, late])
      expectThat(held !== undefined, `${this.#route}: no response within ${TO_ANSWER / 1000} s`)
      return held
    } finally {
      clearTimeout(timer)
    }
  }

  /** Reads the response to its end; `finished` is not called yet. */
  async read(): Promise<{ readonly held: HeldResponse; readonly body: Buffer }> {
    const held = await this.response()
    const pieces: Uint8Array[] = []
    const state = await held.readFor(TO_READ, piece => pieces.push(piece))
    expectThat(state === 'ended', `${this.#route}: the body did not end within ${TO_READ / 1000} s`)
    return { held, body: Buffer.concat(pieces) }
  }

  /** Reads the response to its end, as text, and calls `finished`. */
  async deliver(): Promise<{ readonly response: GatewayResponse; readonly text: string }> {
    const { held, body } = await this.read()
    await held.end()
    return { response: held.response, text: body.toString() }
  }

  /** Loses the client, in the order that servers keep (END-05). */
  async lose(): Promise<void> {
    this.#client.abort(new Error('the client was lost'))
    await this.#held?.end(new Error('the client was lost')).catch(() => undefined)
  }

  readonly #inform = (status: number, headers: ResponseHeaders = {}): void => {
    this.informational.push({ status, headers })
  }
}

/** An id that no other request has. */
function freshId(): string {
  exchanges += 1
  return `exchange-${exchanges}`
}

/** What a request for a route is made from. */
export function requestInit(route: string, id: string, init: RequestInit): RequestInit {
  const [method, target] = route.split(' ')
  const { rawHeaders, headers, ...rest } = init
  const fields =
    rawHeaders === undefined
      ? { headers: { ...(headers as Record<string, string> | undefined), 'fixture-id': id } }
      : { rawHeaders: [...rawHeaders, 'Fixture-Id', id] }
  return { ...rest, ...fields, method, target }
}

/** Lets promises and the callbacks of a few turns run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise(resolve => setImmediate(resolve))
}
