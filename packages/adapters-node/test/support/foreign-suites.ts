// What came of the test suites of others on the drop-in server: figures of runs that are made by hand, as
// docs/writing-an-adapter.md says. Whoever runs them again writes down here what came out.

/** One suite, at one release. */
export interface ForeignSuite {
  readonly name: string
  readonly version: string
  /** How many servers it made while the drop-in was in place, and how many requests and protocol switches those told of. */
  readonly servers: number | string
  readonly requests: number | string
  readonly upgrades: number | string
  readonly passOnNode: number
  /** How many of those pass on the drop-in. */
  readonly passHere: number
}

/** In the order of the table; Node 20.20.2. */
export const foreignSuites: readonly ForeignSuite[] = [
  { name: 'Express 5', version: '5.2.1', servers: 1098, requests: 1092, upgrades: 0, passOnNode: 1236, passHere: 1236 },
  {
    name: 'Express 4',
    version: '4.22.2',
    servers: 1145,
    requests: 1144,
    upgrades: 0,
    passOnNode: 1320,
    passHere: 1320,
  },
  { name: 'Koa 3', version: '3.2.0', servers: 127, requests: 128, upgrades: 0, passOnNode: 431, passHere: 431 },
  { name: 'Koa 2', version: '2.16.4', servers: 106, requests: 107, upgrades: 0, passOnNode: 376, passHere: 376 },
  {
    name: 'Fastify 5, the files that listen',
    version: '5.12.1',
    servers: 1128,
    requests: 508,
    upgrades: 0,
    passOnNode: 1390,
    passHere: 1390,
  },
  { name: 'body-parser', version: '2.3.0', servers: 145, requests: 232, upgrades: 0, passOnNode: 269, passHere: 269 },
  { name: 'compression', version: '1.8.1', servers: 54, requests: 54, upgrades: 0, passOnNode: 56, passHere: 56 },
  { name: 'connect', version: '3.7.0', servers: 46, requests: 42, upgrades: 0, passOnNode: 44, passHere: 44 },
  { name: 'cookies', version: '0.9.1', servers: 65, requests: 65, upgrades: 0, passOnNode: 99, passHere: 99 },
  {
    name: 'express-session',
    version: '1.19.0',
    servers: 129,
    requests: 192,
    upgrades: 0,
    passOnNode: 160,
    passHere: 160,
  },
  { name: 'finalhandler', version: '2.1.1', servers: 55, requests: 55, upgrades: 0, passOnNode: 106, passHere: 106 },
  {
    name: 'follow-redirects',
    version: '1.15.11',
    servers: 149,
    requests: 394,
    upgrades: 0,
    passOnNode: 159,
    passHere: 159,
  },
  { name: 'http-proxy', version: '1.18.1', servers: 58, requests: 57, upgrades: 17, passOnNode: 114, passHere: 114 },
  { name: 'morgan', version: '1.10.1', servers: 76, requests: 77, upgrades: 0, passOnNode: 81, passHere: 81 },
  { name: 'multer', version: '2.1.1', servers: 4, requests: 8, upgrades: 0, passOnNode: 72, passHere: 72 },
  { name: 'node-fetch', version: '3.3.2', servers: 5, requests: 189, upgrades: 0, passOnNode: 385, passHere: 385 },
  { name: 'on-finished', version: '2.4.1', servers: 41, requests: 39, upgrades: 4, passOnNode: 44, passHere: 44 },
  { name: 'router', version: '2.2.0', servers: 505, requests: 774, upgrades: 0, passOnNode: 694, passHere: 694 },
  { name: 'send', version: '1.2.1', servers: 96, requests: 153, upgrades: 0, passOnNode: 139, passHere: 139 },
  { name: 'serve-static', version: '2.2.1', servers: 43, requests: 91, upgrades: 0, passOnNode: 92, passHere: 92 },
  { name: 'supertest', version: '6.3.4', servers: 76, requests: 77, upgrades: 0, passOnNode: 84, passHere: 84 },
  { name: 'ws', version: '8.21.0', servers: 179, requests: 1, upgrades: 198, passOnNode: 435, passHere: 435 },
  { name: 'engine.io', version: '6.6.9', servers: 166, requests: 308, upgrades: 59, passOnNode: 173, passHere: 173 },
  { name: 'socket.io', version: '4.8.3', servers: 190, requests: 614, upgrades: 196, passOnNode: 190, passHere: 188 },
  { name: 'terminus', version: '4.12.1', servers: 53, requests: 28, upgrades: 0, passOnNode: 48, passHere: 46 },
  {
    name: '`node` itself, `test-http-*`',
    version: '20.19.2',
    servers: 'n/a',
    requests: 'n/a',
    upgrades: 'n/a',
    passOnNode: 383,
    passHere: 377,
  },
]

/** Tests that pass on node:http and not here, and why. */
export const foreignDifferences: readonly (readonly [suite: string, test: string, reason: string])[] = [
  ['`node`', '`test-http-insecure-parser`, `test-http-insecure-parser-per-stream`', 'there is no lenient parser'],
  [
    '`node`',
    '`test-http-transfer-encoding-repeated-chunked`',
    'a coding named "chunkedchunked" is refused with the head; node tells of the request, and of the error within its body. The client sees the same 400',
  ],
  [
    '`node`',
    '`test-http-parser-lazy-loaded`, `test-http-parser-memory-retention`, `test-http-server-connection-list-when-close`',
    "they look into node's own parser object",
  ],
  [
    'socket.io',
    'emits to rooms avoiding dupes; disconnectSockets makes all socket instances in a room disconnect',
    'two clients in a race: they want what one has sent to be there before the other sends. They pass alone; on a busy machine they failed in some runs, and others did on node',
  ],
  [
    'terminus',
    'returns default response once signal received; does NOT call onSendFailureDuringShutdown when sending 503 during failed healthcheck',
    'a child has 300 ms to start and to listen, which it takes longer for with a preload on a busy machine; other tests of the file failed on node for the same',
  ],
]
