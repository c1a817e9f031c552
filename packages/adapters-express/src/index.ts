export { contextOf, gatewayRequestOf } from '@nsgi/adapters-node'
export { type ExpressApplication, isExpress } from './express-application.ts'
export { type FromExpressOptions, fromExpress } from './from-express.ts'
