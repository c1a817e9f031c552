export { type FetchFunction, type FetchHandler, type FromFetchOptions, fromFetch } from './from-fetch.ts'
export { contextOf, gatewayRequestOf } from './request/origin.ts'
