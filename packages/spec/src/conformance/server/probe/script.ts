// What a case asks of the probe application, as JSON in the request's field `probe-do`; `probe-key` names the request in the
// events. Both sides import these types; at run time there is nothing here.

/** A value that JSON has not. */
export type Special =
  | { readonly $: 'undefined' | 'nan' | 'symbol' | 'function' }
  /** Bytes, written in hexadecimal. */
  | { readonly $: 'bytes'; readonly hex: string }
  /** A string of one character, so many times. */
  | { readonly $: 'fill'; readonly text: string; readonly times: number }

/** Anything to put into a response. */
export type Value = null | boolean | number | string | Special | readonly Value[] | { readonly [name: string]: Value }

/** Something the application does, in order. */
export type Step =
  /** Waits until the case opens the gate. */
  | { readonly gate: string }
  /** Tells an event. */
  | { readonly event: string }
  | { readonly throw: string }
  /** Waits for ever. */
  | { readonly never: true }
  /** Reads the body: all of it, or so many chunks before it stops. Events `chunk`, `body-end`, `body-error`, `body-left`. */
  | { readonly read: 'all' | number }
  /** Listens on `request.signal`: event `signal`. */
  | { readonly watch: true }
  /** Tells the state of a member: event `look`. */
  | { readonly look: 'signal' | 'trailers' }
  /** Calls `inform` where there is one: event `informed`, or `inform-threw`. */
  | { readonly inform: readonly [status: number, headers?: { readonly [name: string]: Value }] }
  /** Checks what only the application can see of the request: event `inspected`. */
  | { readonly inspect: true }

/** What an iterable body does at each `next()`. */
export type BodyStep = Step | { readonly yield: Value }

/** A body made of steps. Events `next`, `return`, `destroy`. */
export interface BodyScript {
  /**
   * `async`, `sync`: a hand-made iterator that tells every call; `both`: an object that is both kinds, of which the
   * asynchronous one has the steps; `generator`; `stream`: a node Readable.
   */
  readonly $: 'async' | 'sync' | 'both' | 'generator' | 'stream'
  readonly steps: readonly BodyStep[]
  /** What `return()` of an iterator does; resolves where absent. */
  readonly return?: 'throw' | 'never'
}

/** `{ $: 'echo' }` gives back the body of the request, `{ $: 'flood' }` so many chunks of `size` bytes each. */
export type BodySource =
  | BodyScript
  | { readonly $: 'echo' }
  | { readonly $: 'flood'; readonly size: number; readonly times: number }

/** A response: any value at all, so that invalid ones can be made; `body` may be a source. */
export interface ResponseScript {
  readonly status?: Value
  readonly reason?: Value
  readonly headers?: Value
  readonly body?: Value | BodySource
  /** What `trailers()` returns. Event `trailers`. */
  readonly trailers?: Value
  /** `finished` throws, or accesses `signal` first. It tells the event `finished` in any case. */
  readonly finished?: 'throw' | 'look'
  /** Gives the response an `upgrade` that echoes what it reads, in capitals. Event `upgraded`. */
  readonly upgrade?: 'echo' | 'fail'
  /** Adds a `then` that is no function. */
  readonly then?: Value
}

/** What the application does with one request. */
export interface Script {
  /** Done before the response is returned. */
  readonly before?: readonly Step[]
  /** Whether the response is returned itself, or by a promise, or by a thenable that is no promise. */
  readonly returns?: 'value' | 'promise' | 'thenable'
  /** Frozen to the last member, where true. */
  readonly frozen?: boolean
  /** `200`, text/plain, `probe <key>\n` where absent. */
  readonly response?: ResponseScript
  /** Returned instead of a response. */
  readonly raw?: Value
}
