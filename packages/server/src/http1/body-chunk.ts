// What the application gets of an input: a copy, or the very memory.

/**
 * The chunk, a view of a piece of `input`, as the application's from now on: no copy where it is the better half of an input that may be
 * kept, since all of the input's memory lives as long as the chunk.
 */
export function bodyChunk(chunk: Buffer, input: Buffer, mayKeep: boolean): Buffer {
  return mayKeep && chunk.length >= input.length / 2 ? chunk : Buffer.from(chunk)
}
