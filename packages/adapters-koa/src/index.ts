export { contextOf, gatewayRequestOf } from '@nsgi/adapters-node'
export { type FromKoaOptions, fromKoa } from './from-koa.ts'
export { isKoa, type KoaApplication } from './koa-application.ts'
