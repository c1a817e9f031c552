// Everything that fromNode is compared with node:http in, message by message, compared for the drop-in server.
import { describe, expect, it } from '@jest/globals'
import { errors } from '../../../adapters-node/test/fixtures/errors.mjs'
import { requests } from '../../../adapters-node/test/fixtures/requests.mjs'
import { responses } from '../../../adapters-node/test/fixtures/responses.mjs'
import { observe } from '../../../adapters-node/test/support/behaviour.ts'
import { nodeSubject } from '../../../adapters-node/test/support/node-subject.ts'
import { startPair } from '../../../adapters-node/test/support/pair.ts'
import { startHere } from '../../../adapters-node/test/support/servers.ts'
import { createServer } from '../../src/node-http/index.ts'

const pair = startPair(nodeSubject, {
  name: '@nsgi/server/http',
  start: subject => startHere(createServer(subject.handler), subject),
})

const bodies = {
  'of a known length': { method: 'POST', fields: 'Content-Length: 11\r\n', body: 'hello world' },
  chunked: { method: 'POST', fields: 'Transfer-Encoding: chunked\r\n', body: '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n' },
  'of length zero': { method: 'POST', fields: 'Content-Length: 0\r\n' },
  'after 100 Continue': { method: 'POST', fields: 'Expect: 100-continue\r\nContent-Length: 4\r\n', body: 'body' },
}

const names = [...Object.keys(responses), ...Object.keys(errors), ...Object.keys(requests)]

/** Without the differences that are allowed to a gateway's server. */
async function expectEqual(...behaviour: readonly [name: string, shape?: object]): Promise<void> {
  expect(await observe(pair.adapted, ...behaviour)).toEqual(await observe(pair.native, ...behaviour))
}

describe('on the drop-in server, exactly as on node:http', () => {
  it.each(names)('%s', name => expectEqual(name))

  describe.each(Object.entries(bodies))('a request body %s', (_kind, shape) => {
    it.each(Object.keys(requests))('%s', name => expectEqual(name, shape))
  })
})
