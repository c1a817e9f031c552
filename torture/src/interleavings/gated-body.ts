// A response body each of whose chunks waits for a gate, and which watches how it is iterated.

export interface GatedBodyHost {
  /** Waits until whoever drives the world lets it go on. */
  gate(): Promise<void>
  note(what: 'opened' | 'read to its end' | 'closed'): void
  blame(what: string): void
  /** Whether the wire has room: only then may a chunk be asked for (NSGI RES-28). */
  hasRoom(): boolean
}

export class GatedBody implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  private readonly chunks: readonly string[]
  private readonly host: GatedBodyHost
  private at = 0
  private isPending = false
  private isOver = false

  constructor(chunks: readonly string[], host: GatedBodyHost) {
    this.chunks = chunks
    this.host = host
    host.note('opened')
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.isPending) this.host.blame('two calls of next at a time (RES-27)')
    if (this.isOver) this.host.blame('next after the end')
    if (!this.host.hasRoom()) this.host.blame('next without room (RES-28)')
    this.isPending = true
    await this.host.gate()
    this.isPending = false
    const chunk = this.chunks[this.at++]
    if (chunk !== undefined) return { done: false, value: Buffer.from(chunk, 'latin1') }
    if (!this.isOver) this.end('read to its end')
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.isOver) this.host.blame('return after the end (END-09)')
    else this.end('closed')
    return { done: true, value: undefined }
  }

  private end(how: 'read to its end' | 'closed'): void {
    this.isOver = true
    this.host.note(how)
  }
}
