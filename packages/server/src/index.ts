export type {
  ConnectionTimeouts,
  ExchangeRecord,
  GatewayServer,
  GatewayServerOptions,
  RequestLimits,
} from './transport/gateway-server.ts'
export { createGatewayServer } from './transport/serve.ts'
