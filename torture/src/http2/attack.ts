// What an attack is, and what they are made of.
import type { Random } from '../random.ts'
import { headers, requestFields } from './frames.ts'

/**
 * `connection`: the server has to end the connection by itself. `stream`: the stream is refused, and the next request is served.
 * `served`: it is no attack, only odd. `either`: whatever comes, within the time.
 */
export type Outcome = 'connection' | 'stream' | 'served' | 'either'

/** What one client sends, behind the preface and its settings if it does not bring its own. */
export interface Attack {
  readonly outcome: Outcome
  readonly bytes: Buffer
  /** The preface is part of the bytes. */
  readonly isWhole?: boolean
  /** Reads nothing before all is sent. */
  readonly isDeaf?: boolean
  /** Leaves without a word: as soon as DATA has come, or so many milliseconds behind what it sends. */
  readonly leaves?: 'at data' | number
  /** The highest stream that was used. */
  readonly last: number
}

/** Makes an attack. */
export type Maker = (random: Random) => Attack

/** That byte, so many times. */
export const some = (byte: number, length: number): Buffer => Buffer.alloc(length, byte)
/** What is made so many times, in one piece. */
export const times = (count: number, make: (i: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)))
/** The number of the stream that a client opens as its so many-eth. */
export const streamOf = (i: number): number => 2 * i + 1

/** A request whose body is to come: of what nobody holds against what it should be, damage may have got at it. */
export const OPEN = (): Buffer => headers(1, requestFields('POST', '/take?at=0'), 0)
