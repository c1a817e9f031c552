export { createServer, Server, type ServerOptions } from './server.ts'
