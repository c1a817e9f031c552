// node:http as CommonJS has it. To import it is to read all of its members, some of which load node's own undici from Node 22 on: that takes
// its time, and has requests of a program's own undici go by node's.
import type * as Http from 'node:http'
import { createRequire } from 'node:module'

/** `node:http`, with whatever a preload has put in its place. */
export const nodeHttp: typeof Http = createRequire(import.meta.url)('node:http')
