// What the readers of the reference share.

/** Thrown for a stream that is not HTTP; the message says what was being read. */
export class Refused extends Error {}

/** A place in a stream, whose bytes are latin1. */
export interface Cursor {
  readonly stream: string
  at: number
}
