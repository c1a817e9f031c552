// Puts this engine in the place of node's for a whole process: node --import @nsgi/server/http/register program.js
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { createServer, Server } from './server.ts'

// The module's own object: what `require('http')` gives, and what a namespace mirrors.
Object.assign(http, { createServer, Server })
syncBuiltinESMExports()
