export { type FromNodeOptions, fromNode, type NodeHandler } from './from-node.ts'
export { contextOf, gatewayRequestOf } from './incoming.ts'
export { type GatewayListener, type ToNodeOptions, toNode } from './to-node/to-node.ts'
export type { UpgradeListener } from './upgrade/upgrade-exchange.ts'
