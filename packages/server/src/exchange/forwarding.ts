// What the engine asks of whoever knows which proxies are trusted (proxy/, injected by the transport).
import type { Endpoint } from '@nsgi/spec'
import type { FieldNames } from './field-names.ts'
import type { Rejection } from './rejections.ts'

/** What trusted proxies say of a request; `undefined` is what they do not speak of (NSGI REQ-16 to REQ-18). */
export interface Vouched {
  readonly scheme: 'http' | 'https' | undefined
  readonly authority: string | undefined
  readonly remote: Endpoint | undefined
  /** The prefix under which the application stands; the path is under it. */
  readonly mount: string | undefined
  /** A prefix that was taken off the path on its way here, and has to be put back in front of it. */
  readonly taken: string | undefined
}

/** The fields that proxies speak through. */
export interface ForwardedFields {
  /** Their names: a request without any of them is never looked at again. */
  readonly names: FieldNames
  /**
   * What may be believed of a request.
   *
   * @param fields names and values in turn, as received
   * @param peer who sent it
   * @param path the path that was asked for
   * @returns `undefined` when the peer is not trusted or says nothing; a rejection for words that are broken or
   *   contradict each other
   */
  vouchedIn(fields: readonly string[], peer: Endpoint, path: string): Vouched | Rejection | undefined
}
