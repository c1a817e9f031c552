// How many pipelined requests of one connection are worked on before everybody else has a turn.

/**
 * Requests in one turn of the event loop. Sixteen in a row are what pipelining is measured with; a read of 64 KiB holds two thousand, and with an
 * application that takes some milliseconds for each, nobody else would be answered for as long as all of them take.
 */
const A_TURN = 16

/** Whose requests they are. */
export interface Paced {
  readonly wire: { nextTurn(callback: () => void): void }
  /** Called in a later turn for what had to wait. */
  drained(): void
}

export class Pace {
  private readonly paced: Paced
  private count = 0

  constructor(paced: Paced) {
    this.paced = paced
  }

  /** Counts one more request that stood behind another. False where it has to wait until `drained` is called. */
  take(): boolean {
    if (this.count === 0) this.paced.wire.nextTurn(() => this.turnOver())
    return ++this.count <= A_TURN
  }

  private turnOver(): void {
    const hadToWait = this.count > A_TURN
    this.count = 0
    if (hadToWait) this.paced.drained()
  }
}
