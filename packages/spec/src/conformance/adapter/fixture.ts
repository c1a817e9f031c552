// What the maintainer of an adapter writes: the routes below in their framework, and how to reach them.
import type { Application } from '../../application.ts'

/**
 * Says that something happened to a request's messages. `id` is the value of the request's field `fixture-id`; events are
 * `finish` and `close` of the framework's response, each time one comes, and what the routes ask for.
 */
export type Tell = (id: string, event: string) => void

/** The framework's own server, running the same routes. */
export interface NativeServer {
  /** On 127.0.0.1. */
  readonly port: number
  close(): Promise<void> | void
}

/** What the suite is given: as an object, or as a module with these exports. */
export interface AdapterFixture {
  /** The routes in the framework, made an application by the adapter. */
  gateway(tell: Tell): Application | Promise<Application>
  /** The same routes on the framework's own server, where it has one. */
  native?(tell: Tell): Promise<NativeServer>
  /** Routes that may answer otherwise than natively, as `GET /text`, and why. One that does not differ fails: the list has to be true. */
  readonly differences?: Readonly<Record<string, string>>
  /** Routes that the framework cannot have, as `GET /trailers`, and why. Their cases are skipped. */
  readonly lacks?: Readonly<Record<string, string>>
}

/**
 * The routes and what each has to do, in the framework's own way. Every one also tells `finish` and `close` of its response.
 * Responses are `text/plain` with status 200 unless said otherwise.
 */
export const ROUTES: Readonly<Record<string, string>> = {
  'GET /text':
    'Sets `content-type: text/plain` and two lines of `set-cookie` (`a=1`, `b=2`), ends with `text` before it returns.',
  'GET /json': 'The JSON `{"a":1}` as `application/json`, status 201.',
  'GET /late': 'Ends with `late`, in a later turn of the event loop.',
  'GET /missing': 'Status 404, `missing`.',
  'POST /echo': 'Sends the body of the request back, and ends when that has ended.',
  'GET /headers': 'JSON of `{ headers, rawHeaders }` as the framework has them.',
  'GET /stream':
    'Writes blocks of 16,384 times `x` until `write` returns false, and tells `full`; after 4096 blocks it gives up and tells `unbounded`. At `drain` it tells `drain` and ends with `end`.',
  'GET /hang': 'Writes `begun` and never ends.',
  'GET /silent': 'Tells `called` and never answers.',
  'GET /flush': 'Sets `x-flushed: yes`, calls `flushHeaders()` and does nothing more.',
  'GET /write-head':
    'Puts a function in place of `res.writeHead` which sets `x-late: yes` and calls the original; ends with `text`.',
  'GET /write-head-stream': 'The same, but writes `te` and ends with `xt`.',
  'POST /prototype':
    'Replaces the prototypes of request and response by new objects that inherit from `http.IncomingMessage.prototype` and `http.ServerResponse.prototype`; then as `POST /echo`.',
  'GET /throw': 'Throws an error, which nothing handles.',
  'GET /reject':
    'Returns a promise that is rejected, or whatever an unhandled failure in asynchronous code is to the framework.',
  'GET /fail-late': 'Writes `begun`; fails as `GET /reject` after that.',
  'GET /destroy': 'Writes `begun`, and in a later turn destroys the response.',
  'GET /trailers': 'Announces `trailer: x-sum`, writes `text`, adds the trailer `x-sum: 1`, ends.',
  'GET /early-hints': 'Sends early hints with `link: </style.css>; rel=preload; as=style`, then ends with `text`.',
  'GET /upgrade':
    'Takes an upgrade to `echo`: writes a head with status 101, then sends back what it receives, and ends when that ends.',
}
