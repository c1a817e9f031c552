import { describe, expect, it } from '@jest/globals'
import { internals } from '../fixtures/internals.mjs'
import { reading } from '../fixtures/reading.mjs'
import { sockets } from '../fixtures/sockets.mjs'
import { stages } from '../fixtures/stages.mjs'
import { uncommon } from '../fixtures/uncommon.mjs'
import { writing } from '../fixtures/writing.mjs'
import { observe } from '../support/behaviour.ts'
import { isBrokenNatively } from '../support/differences.ts'
import { nodeSubject } from '../support/node-subject.ts'
import { expectSame, startPair } from '../support/pair.ts'
import { gatewayServers } from '../support/servers.ts'

const upload = { method: 'POST', fields: 'Content-Length: 11\r\n', body: 'hello world' }
const chunked = {
  method: 'POST',
  fields: 'Transfer-Encoding: chunked\r\n',
  body: '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
}

const written = Object.keys(writing).filter(name => !isBrokenNatively(name))
const rare = Object.keys(uncommon).filter(name => !isBrokenNatively(name))

describe.each(gatewayServers)('through fromNode on $name, as on node:http', gateway => {
  const pair = startPair(nodeSubject, gateway)

  it.each([...Object.keys(stages), ...Object.keys(internals), ...written, ...Object.keys(sockets)])('%s', name =>
    expectSame(pair, name),
  )

  it.each([...Object.keys(stages), ...Object.keys(internals), ...Object.keys(reading), ...Object.keys(sockets)])(
    '%s, of a request with a body',
    name => expectSame(pair, name, upload),
  )

  it.each(Object.keys(reading))('a chunked body read %s', name => expectSame(pair, name, chunked))

  it.each([...Object.keys(stages), ...written])('%s, to HEAD', name => expectSame(pair, name, { method: 'HEAD' }))

  // A body that only the end of the connection ends is cut off by a reset, which may overtake what came before it.
  const notCutOff = written.filter(name => name !== 'a source that fails, by pipeline')
  it.each(notCutOff)('%s, to HTTP/1.0', name => expectSame(pair, name, { version: '1.0' }))

  it.each(rare)('%s', name => expectSame(pair, name))

  it.each(rare)('%s, of a request with a body', name => expectSame(pair, name, chunked))

  it.each(rare)('%s, to HEAD', name => expectSame(pair, name, { method: 'HEAD' }))

  it('a response that was corked and ended is whole, whatever node does with it', async () => {
    const { responses } = await observe(pair.adapted, 'corked and ended')
    expect(responses).toMatchObject([{ body: 'ab', truncated: false }])
  })
})
