export { defineConfig, type KirinConfig, type KirinConfigExport } from './config/define-config.ts'
export type {
  Hooks,
  MasterHooks,
  MasterSubject,
  RequestOutcome,
  WorkerEnding,
  WorkerHooks,
  WorkerPlace,
  WorkerSubject,
} from './hooks/hooks.ts'
export type { CustomLogger, CustomLoggerFactory, LoggerPlace } from './log/custom-logger.ts'
export type {
  ConnectionTimeouts,
  ExchangeRecord,
  GatewayServer,
  GatewayServerOptions,
  RequestLimits,
} from './transport/gateway-server.ts'
export { createGatewayServer } from './transport/serve.ts'
