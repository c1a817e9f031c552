// The connection as the engine sees it: bytes out, and a few words about the transport. No socket here.
import type { GatewayResponse } from '@nsgi/spec'

/**
 * Called once, when the bytes have reached the transport, or with an error when they never will. `net.Socket` calls
 * back without an error for the write that was under way when it was destroyed: look at `isGone` too.
 */
export type WriteCallback = (error?: Error | null) => void

/** What a response is written to. */
export interface ResponseWire {
  /** Whether less than the high-water mark waits to be sent; when that changes back, `Connection#drained` is called. */
  readonly hasRoom: boolean
  /** Whether the transport was dropped, by either side. */
  readonly isGone: boolean
  /** Sends a string of characters up to 0xFF as bytes (`latin1`), or bytes. */
  write(data: string | Uint8Array, done?: WriteCallback): void
  /** `write` for each of at least one piece; `done` is for the last. Where they are large, nothing waits to go out with them. */
  writeTogether(pieces: readonly (string | Uint8Array)[], done?: WriteCallback): void
  /** Gathers what is written until the end of this turn of the event loop into one write. */
  batch(): void
  /** Calls back at the end of this turn of the event loop: after the promise jobs that are due, before any more input. */
  afterTurn(callback: () => void): void
}

/** `writeTogether` of a wire to which the pieces are writes like others. */
export function writeEach(
  wire: Pick<ResponseWire, 'write'>,
  pieces: readonly (string | Uint8Array)[],
  done?: WriteCallback,
): void {
  const last = pieces.length - 1
  for (const [index, piece] of pieces.entries()) wire.write(piece, index === last ? done : undefined)
}

/** What the engine asks of whatever carries its bytes. Bytes come in by `Connection`'s methods. */
export interface Wire extends ResponseWire {
  /** Calls back in a later turn of the event loop: others are served before. */
  nextTurn(callback: () => void): void
  /** Stops reading, for back-pressure. */
  pause(): void
  resume(): void
  /** Sends all that waits, then FIN; what still comes in is read and thrown away until the peer is done. */
  end(): void
  /**
   * From now on the peer's FIN is told to `ended`, and kept for whoever may take the connection over: until that happens, or
   * `end`. Once is enough.
   */
  holdEnd(ended: () => void): void
  /**
   * Hands the connection over: from now on all that comes is on the readable side of the stream, behind `received`, and nothing
   * here is called any more. `Connection#lost` still is, once.
   */
  handOver(received: Uint8Array | undefined): HandedOver
  /** Drops the connection with what waits to be sent; the peer sees a reset where the transport has one. */
  reset(): void
}

/** A connection that the application has. */
export interface HandedOver {
  /** What an application's `upgrade` takes. */
  readonly stream: Parameters<NonNullable<GatewayResponse['upgrade']>>[0]
  /** Bytes written to it so far. */
  readonly bytes: number
  /** Whether both sides were ended in order. */
  readonly isWhole: boolean
}
