// A list of valid requests with what the application does for each: what one case of the interleavings is about.
import type { Random } from '../random.ts'

/** How the application treats a request's body. `first`: it reads one chunk and leaves the rest. */
export type Reads = 'all' | 'first' | 'none'

/** What it answers with. `declared` and `stream` are asynchronous iterables, each chunk behind a gate. */
export type Form = 'empty' | 'text' | 'bytes' | 'array' | 'declared' | 'stream' | 'throws'

export interface PlannedExchange {
  readonly method: string
  readonly target: string
  readonly framing: 'none' | 'length' | 'chunked'
  /** The pieces of the body, as latin1; those of a chunked one are its chunks. */
  readonly pieces: readonly string[]
  readonly reads: Reads
  /** Whether it answers before it reads what it reads. */
  readonly readsLate: boolean
  /** Whether its answer waits for a gate. */
  readonly isDelayed: boolean
  readonly form: Form
  /** The chunks of its answer. */
  readonly chunks: readonly string[]
  readonly usesSignal: boolean
}

/** Sizes of chunks in bytes: those on either side of the high-water marks among them. */
const SIZES = [1, 2, 7, 100, 1000, 16_384, 65_535, 65_536, 65_537, 100_000]

/** A few exchanges on one connection. */
export function planExchanges(random: Random): PlannedExchange[] {
  return Array.from({ length: 1 + random.skewed(5) }, (_, i) => planExchange(random, i))
}

function planExchange(random: Random, i: number): PlannedExchange {
  const framing = random.pick(['none', 'none', 'length', 'chunked'] as const)
  const pieces = framing === 'none' ? [] : Array.from({ length: random.skewed(5) }, () => text(random))
  return {
    method: random.pick(['GET', 'POST', 'PUT', 'HEAD', 'DELETE']),
    target: `/${i}`,
    framing,
    pieces,
    reads: random.pick(['all', 'all', 'first', 'none'] as const),
    readsLate: random.oneIn(4),
    isDelayed: random.oneIn(2),
    form: random.pick(['empty', 'text', 'bytes', 'array', 'declared', 'stream', 'stream', 'throws'] as const),
    chunks: Array.from({ length: random.skewed(5) }, () => text(random)),
    usesSignal: random.oneIn(3),
  }
}

/** Text that would be taken for a request, or for the end of a body, by whoever lost its place. */
function text(random: Random): string {
  if (random.oneIn(3))
    return random.pick(['GET /x HTTP/1.1\r\nHost: x\r\n\r\n', '0\r\n\r\n', '\r\n', 'HTTP/1.1 200 OK\r\n\r\n'])
  const size = random.oneIn(6) ? random.pick(SIZES) : 1 + random.skewed(200)
  return random.pick(['a', 'b', '\xff', '\0']).repeat(size)
}

/** The bytes of such a request, as latin1. */
export function bytesOf({ method, target, framing, pieces }: PlannedExchange): string {
  const head = `${method} ${target} HTTP/1.1\r\nHost: interleavings\r\n`
  const all = pieces.join('')
  switch (framing) {
    case 'none':
      return `${head}\r\n`
    case 'length':
      return `${head}Content-Length: ${all.length}\r\n\r\n${all}`
    case 'chunked': {
      const chunks = pieces.map(piece => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')
      return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\nX-Sum: ${all.length}\r\n\r\n`
    }
  }
}
