export { contextOf, gatewayRequestOf } from '@nsgi/adapters-node'
export { type FastifyApplication, isFastify } from './fastify-application.ts'
export { type FromFastifyOptions, fromFastify } from './from-fastify.ts'
