export { createServer, Server, type ServerConstructor, type ServerOptions } from './server.ts'
