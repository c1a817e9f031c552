import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { defineServerTests } from '@nsgi/spec/conformance'

const server = fileURLToPath(new URL('../../tiny-server/server.js', import.meta.url))
await defineServerTests({ describe, it }, { command: `node '${server}' {app} {port}`, profiles: ['stream', 'upgrade'] })
