export type { Application } from './application.ts'
export type { Context, Logger, LogMethod } from './context.ts'
export type { Endpoint, GatewayRequest, RequestHeaders, TlsInfo } from './request.ts'
export type { BodyChunk, GatewayResponse, ResponseBody, ResponseHeaders } from './response.ts'
