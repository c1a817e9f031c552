// Puts this engine in the place of node's in a process.
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { createServer, Server } from './server.ts'

/** Has `http.createServer` and `http.Server` be ours, by `require` and by `import` alike. */
export function replaceNodes(): void {
  Object.assign(http, { createServer, Server })
  syncBuiltinESMExports()
}
