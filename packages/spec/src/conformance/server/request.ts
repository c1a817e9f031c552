import type { Script } from './probe/script.ts'

/** A request as bytes, with what is needed to follow it. */
export interface ProbeRequest {
  /** Names it in the events. */
  readonly key: string
  readonly method: string
  readonly bytes: Buffer
}

/** What of a request differs from `GET /?<key> HTTP/1.1` with a Host. */
export interface RequestOptions {
  readonly method?: string
  /** The target; `{key}` is replaced. */
  readonly target?: string
  readonly version?: string
  /** Lines without CRLF, behind Host. `{key}` is replaced. */
  readonly fields?: readonly string[]
  /** `null` leaves Host out. */
  readonly host?: string | null
  /** Sent behind the head as it is; framing fields are the case's. */
  readonly body?: string | Uint8Array
  /** What the application does. */
  readonly script?: Script
}

/** A key, with what a case may have added to it, wherever it stands. */
export const KEY: RegExp = /k\d+x\d+x(?:-[a-z]+)?/g

let count = 0

/** A key that no other request has, in this run or in another one on the same server. */
export function freshKey(): string {
  count += 1
  return `k${process.pid}x${count}x`
}

/** Makes a request. */
export function probeRequest(options: RequestOptions = {}): ProbeRequest {
  const { method = 'GET', target = '/?{key}', version = 'HTTP/1.1', fields = [], host = 'conformance' } = options
  const { body = '', script } = options
  const key = freshKey()
  const lines = [
    `${method} ${target} ${version}`,
    ...(host === null ? [] : [`Host: ${host}`]),
    `probe-key: ${key}`,
    ...(script === undefined ? [] : [`probe-do: ${asciiJson(script)}`]),
    ...fields,
  ]
  const head = `${lines.map(line => line.replaceAll('{key}', key)).join('\r\n')}\r\n\r\n`
  const rest = typeof body === 'string' ? Buffer.from(body.replaceAll('{key}', key), 'latin1') : body
  return { key, method, bytes: Buffer.concat([Buffer.from(head, 'latin1'), rest]) }
}

/** JSON that is fit for a field: anything beyond ASCII is escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
