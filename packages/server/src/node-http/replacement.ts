// Puts this engine in the place of node's in a process.
import { syncBuiltinESMExports } from 'node:module'
import { nodeHttp } from './nodes-own.ts'
import { createServer, Server } from './server.ts'

/** Has `http.createServer` and `http.Server` be ours, by `require` and by `import` alike. */
export function replaceNodes(): void {
  Object.assign(nodeHttp, { createServer, Server })
  syncBuiltinESMExports()
}
