export type { ExchangeRecord, GatewayServer, GatewayServerOptions, HeadLimits } from './transport/gateway-server.ts'
export { createGatewayServer } from './transport/serve.ts'
