// What is measured: each a command that serves `GET /` on a given port.
import { fileURLToPath } from 'node:url'

export interface Target {
  readonly name: string
  /** The arguments for node, and the environment beside the usual one. */
  command(port: number): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const KIRIN = here('../node_modules/@nsgi/server/dist/cli/bin.js')

function listening(name: string, file: string): Target {
  return { name, command: port => ({ args: [here(`servers/${file}.js`)], env: { LISTEN: String(port) } }) }
}

function underKirin(name: string, file: string): Target {
  const app = here(`servers/${file}.js`)
  return {
    name,
    command: port => ({ args: [KIRIN, '-w', '1', '-b', `127.0.0.1:${port}`, '--log-level', 'warning', app], env: {} }),
  }
}

/** In the order in which every round takes them. The first is what the others are compared with. */
export const TARGETS: readonly Target[] = [
  listening('node:http', 'node-http'),
  underKirin('kirin, gateway callable', 'gateway-hello'),
  listening('net floor', 'net-floor'),
  listening('Express on node:http', 'express-hello'),
  underKirin('Express on kirin', 'express-hello'),
]
