import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expectThat, fail } from '../failure.ts'
import { PATIENCE } from './patience.ts'
import { KEY } from './request.ts'

/** How often the file of events is looked at while somebody waits, in milliseconds. */
const LOOK_INTERVAL = 3

/** Something the probe application told. */
export interface ProbeEvent {
  readonly key: string
  readonly type: string
  readonly pid: number
  readonly [detail: string]: unknown
}

/** The directory that a server under test and the suite share: events one way, gates the other. */
export class ProbeDirectory {
  readonly path: string
  readonly #own: boolean
  readonly #patience: number
  readonly #file: number
  readonly #byKey = new Map<string, ProbeEvent[]>()
  /** Every key that a call mentions anywhere: in its target, a field, or as what it is. */
  readonly #called = new Map<string, ProbeEvent>()
  #offset = 0
  #partial = ''

  /**
   * @param options `path`: of a directory that a running server writes to already, a new temporary one where absent;
   *   `patience`: milliseconds after which an event is given up
   */
  constructor({ path, patience = PATIENCE }: { readonly path?: string | undefined; readonly patience?: number } = {}) {
    this.#own = path === undefined
    this.#patience = patience
    this.path = path ?? mkdtempSync(join(tmpdir(), 'nsgi-probe-'))
    const file = join(this.path, 'events.jsonl')
    if (!existsSync(file)) appendFileSync(file, '')
    this.#file = openSync(file, 'r')
    // Of a server that runs already only what it tells from now on matters.
    this.#offset = fstatSync(this.#file).size
  }

  /** The events of one request, or of one type of it, in the order of telling. */
  of(key: string, type?: string): readonly ProbeEvent[] {
    this.#look()
    const events = this.#byKey.get(key) ?? []
    return type === undefined ? [...events] : events.filter(event => event.type === type)
  }

  /** Waits for an event; `count` of them where given. Gives the last of these. */
  async event(
    key: string,
    { type, count = 1, signal }: { readonly type: string; readonly count?: number; readonly signal: AbortSignal },
  ): Promise<ProbeEvent> {
    const deadline = performance.now() + this.#patience
    for (;;) {
      const found = this.of(key, type)[count - 1]
      if (found !== undefined) return found
      if (signal.aborted || performance.now() > deadline) {
        const seen = this.of(key).map(event => JSON.stringify(event))
        fail(`the application did not see the event "${type}" within ${this.#patience / 1000} s`, {
          seen: seen.length === 0 ? '(no event at all)' : seen.join('\n'),
        })
      }
      await new Promise(resolve => setTimeout(resolve, LOOK_INTERVAL))
    }
  }

  /** Lets the application pass a gate, now or when it gets there. */
  open(key: string, name: string): void {
    writeFileSync(join(this.path, `gate-${key}-${name}`), '')
  }

  /**
   * Waits until a process that waits at this gate has had a turn of its loop since: on a busy machine the only sign that it could have
   * done what it has not done.
   */
  async turn(key: string, name: string, signal: AbortSignal): Promise<void> {
    const file = join(this.path, `turn-${key}-${name}`)
    const deadline = performance.now() + this.#patience
    writeFileSync(file, '')
    while (existsSync(file)) {
      if (signal.aborted || performance.now() > deadline) {
        fail(`the application did not look at the gate "${name}" within ${this.#patience / 1000} s`)
      }
      await new Promise(resolve => setTimeout(resolve, LOOK_INTERVAL))
    }
  }

  /** Fails where a call of the application has this key anywhere in it. */
  expectNoCall(key: string): void {
    this.#look()
    const call = this.#called.get(key)
    expectThat(call === undefined, 'the application was called for it', { seen: JSON.stringify(call) })
  }

  dispose(): void {
    closeSync(this.#file)
    if (this.#own) rmSync(this.path, { recursive: true, force: true })
  }

  /** Takes in what was told since the last time. */
  #look(): void {
    const size = fstatSync(this.#file).size
    if (size === this.#offset) return
    const bytes = Buffer.alloc(size - this.#offset)
    this.#offset += readSync(this.#file, bytes, 0, bytes.length, this.#offset)
    // As latin1, since the end may lie within a character.
    const lines = (this.#partial + bytes.toString('latin1')).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) this.#keep(Buffer.from(line, 'latin1').toString())
  }

  #keep(line: string): void {
    const event = JSON.parse(line) as ProbeEvent
    const known = this.#byKey.get(event.key)
    if (known === undefined) this.#byKey.set(event.key, [event])
    else known.push(event)
    if (event.type !== 'call') return
    for (const [key] of line.matchAll(KEY)) this.#called.set(key, event)
  }
}
