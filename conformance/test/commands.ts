import { fileURLToPath } from 'node:url'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const quoted = (...words: readonly string[]): string => words.map(word => `'${word}'`).join(' ')

const NODE = process.execPath
const KIRIN = path('../../packages/server/dist/cli/bin.js')
const TO_NODE = path('../bridges/to-node.mjs')
const BAD = path('fixtures/bad-server.mjs')

/** Kirin believes a proxy on its own machine unless told otherwise, and the suite is there as well (REQ-17). */
const NOBODY = '--forwarded-allow-ips='

/** How kirin is started for the suite. */
export const kirin = {
  command: `${quoted(NODE, KIRIN)} {app} ${NOBODY} --bind 127.0.0.1:{port} --workers {workers}`,
  unixCommand: `${quoted(NODE, KIRIN)} {app} ${NOBODY} --bind unix:{socket}`,
  tlsCommand: `${quoted(NODE, KIRIN)} {app} ${NOBODY} --bind 127.0.0.1:{port} --certfile {cert} --keyfile {key} --ca-certs {ca} --cert-reqs 1`,
} as const

/** How the bridge over node:http, or node:https, is started. */
export const toNode = {
  command: `${quoted(NODE, TO_NODE)} {app} {port}`,
  unixCommand: `${quoted(NODE, TO_NODE)} {app} {socket}`,
  tlsCommand: `${quoted(NODE, TO_NODE)} {app} {port} {cert} {key} {ca}`,
} as const

/** A server that is none. */
export function badServer(kind: string): string {
  return `${quoted(NODE, BAD, kind)} {port} {app}`
}

/** The command under test, built. */
export const CLI: string = path('../../packages/spec/dist/conformance/cli/bin.js')
