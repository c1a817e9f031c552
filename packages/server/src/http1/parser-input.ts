// How an input comes into the parser's memory: by views that are kept, since to make one costs more than the copy does.

/** Sizes of views, each twice the one before. A copy takes the smallest that holds what there is: what it copies beyond that is read by nobody. */
const SIZES = [256, 512, 1024, 2048, 4096] as const

/** The most bytes that are copied by a view: all that the parser is given of what a head begins in. */
export const LARGEST_VIEW = 4096

interface Viewed {
  readonly input: Buffer
  readonly views: readonly Uint8Array[]
}

const viewed: Viewed[] = []

/**
 * Keeps views of what `input` begins with for as long as the process runs, and gives it back. For a buffer that every read uses again, of
 * `LARGEST_VIEW` bytes or more.
 */
export function keepViews(input: Buffer): Buffer {
  viewed.push({ input, views: SIZES.map(size => new Uint8Array(input.buffer, input.byteOffset, size)) })
  return input
}

/** Copies `input[start, end)` to `memory[at, ...)`, where `LARGEST_VIEW` bytes must have room: those behind it may change. */
// oxlint-disable-next-line max-params -- as Buffer's `copy`
export function copyInput(input: Buffer, memory: Buffer, at: number, start: number, end: number): void {
  const views = start === 0 && end <= LARGEST_VIEW ? viewsOf(input) : undefined
  if (views === undefined) input.copy(memory, at, start, end)
  else memory.set(views[end <= SIZES[0] ? 0 : FIRST_EXPONENT - Math.clz32(end - 1)] as Uint8Array, at)
}

/** So that the length 257, which the second view is for, gives 1. */
const FIRST_EXPONENT = Math.clz32(SIZES[0]) + 1

function viewsOf(input: Buffer): readonly Uint8Array[] | undefined {
  for (const known of viewed) if (known.input === input) return known.views
  return undefined
}
