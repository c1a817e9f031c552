// What is measured: each a command that gives the answers of servers/answers.ts on a given port.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** How to start a target's process. */
export interface Start {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface Target {
  readonly name: string
  start(port: number, tls: boolean): Start
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const KIRIN = here('../node_modules/@nsgi/server/dist/cli/bin.js')
/** Those of the server's tests. */
const CERTIFICATE = here('../../packages/server/test/support/certificates/server.pem')
const KEY = here('../../packages/server/test/support/certificates/server.key')

function listening(name: string, file: string, env: Start['env'] = {}): Target {
  return {
    name,
    start: (port, tls) => ({
      command: process.execPath,
      args: [here(`servers/${file}.js`)],
      env: { LISTEN: String(port), ...env, ...(tls ? { CERTIFICATE, KEY } : {}) },
    }),
  }
}

function underKirin(name: string, file: string): Target {
  return {
    name,
    start: (port, tls) => ({
      command: process.execPath,
      args: [
        KIRIN,
        '--workers=1',
        '--worker-connections=100000',
        `--bind=127.0.0.1:${port}`,
        '--log-level=warning',
        ...(tls ? [`--certfile=${CERTIFICATE}`, `--keyfile=${KEY}`] : []),
        here(`servers/${file}.js`),
      ],
      env: {},
    }),
  }
}

export const NODE_HTTP: Target = listening('node:http', 'node-http')
export const DROP_IN: Target = listening('@nsgi/server/http', 'node-http', { DROP_IN: '1' })
export const KIRIN_GATEWAY: Target = underKirin('kirin, gateway callable', 'gateway')
export const NET_FLOOR: Target = listening('net floor', 'net-floor')

/** Bun.serve, where the npm package `bun` could be installed for this machine. */
export const BUN: Target | undefined = bun()

/** A framework by its own server, and by its adapter on Kirin. */
export interface Framework {
  readonly name: string
  readonly natively: Target
  readonly adapted: Target
}

export const FRAMEWORKS: readonly Framework[] = [
  framework('Express', 'express'),
  framework('Koa', 'koa'),
  framework('Fastify', 'fastify'),
]

/** Hono by its own server for node, which replaces the platform's Request and Response; by the adapter; and by that with lighter ones, too. */
export const HONO: readonly [Target, Target, Target] = [
  listening('Hono on @hono/node-server', 'hono'),
  underKirin('Hono on kirin', 'hono'),
  underKirin('Hono on kirin, lighter', 'hono-lighter'),
]

function framework(name: string, file: string): Framework {
  return {
    name,
    natively: listening(`${name} on node:http`, file),
    adapted: underKirin(`${name} on kirin`, file),
  }
}

function bun(): Target | undefined {
  const architecture = process.arch === 'arm64' ? 'aarch64' : process.arch
  try {
    // The package for this machine, beside the one that chooses: its binary needs no install script.
    const chooser = createRequire(createRequire(import.meta.url).resolve('bun/package.json'))
    const command = chooser.resolve(`@oven/bun-${process.platform}-${architecture}/bin/bun`)
    return {
      name: 'Bun.serve',
      start: port => ({ command, args: [here('../servers/bun.mjs')], env: { LISTEN: String(port) } }),
    }
  } catch {
    return undefined
  }
}
