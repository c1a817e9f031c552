import { describe, expect, it } from '@jest/globals'
import { requestBytes } from '../support/behaviour.ts'
import { comparable } from '../support/comparable.ts'
import { nodeSubject } from '../support/node-subject.ts'
import { expectAlike, expectSame, startPair } from '../support/pair.ts'
import { parseResponses, RawClient } from '../support/raw-client.ts'
import { nextId, type RecordedRequest } from '../support/records.ts'
import { gatewayServers, kirinServer, type RunningServer } from '../support/servers.ts'

const long = 'x'.repeat(3_000_000)

const upload = {
  method: 'POST',
  fields: `Content-Length: ${long.length}\r\n`,
  body: long,
}

describe.each(gatewayServers)('a stream through fromNode on $name, as on node:http', gateway => {
  const pair = startPair(nodeSubject, gateway)

  it.each([
    'a long body with respect for drain',
    'a long body without respect for drain',
    'a stream piped in',
    'a pipeline',
    'write callbacks',
    'stream.finished',
    'destroyed after the head',
    'destroyed with an error after the head',
    'the request destroyed after the head',
    'the socket destroyed after the head',
    'a timeout that is listened to',
    'a timeout that nobody listens to',
  ])('%s', name => expectSame(pair, name))

  it.each(['the body, iterated', 'the body, piped back', 'the body, read by read()'])('a long upload: %s', name =>
    expectSame(pair, name, upload),
  )

  it.each(['a body that nobody reads', 'a body left early'])('a long upload: %s', name =>
    expectSame(pair, name, { ...upload, recorded: false }),
  )

  it('the head arrives at once when it is flushed, and each chunk when it is written', () =>
    expectAlike(pair, async server => {
      const client = await open(server, 'flush and hold')
      await client.seen('\r\n\r\n')
      await ask(server, 'go')
      await client.seen('data: 1')
      await ask(server, 'go')
      await client.seen('\r\n0\r\n\r\n')
      client.socket.end()
      return parseResponses(await client.toEnd()).map(comparable)
    }))

  it.each(['the client goes while it is being sent to', 'the client goes, and the response is piped to'])('%s', name =>
    expectAlike(pair, async server => {
      const id = nextId()
      const client = await RawClient.connect(server.port)
      client.send(requestBytes(name, id))
      await client.seen('first')
      client.reset()
      return server.records.of(id)
    }),
  )

  it('a client that goes before the answer', () =>
    expectAlike(pair, async server => {
      const begun = ask(server, 'wait until it has begun')
      const id = nextId()
      const client = await RawClient.connect(server.port)
      client.send(requestBytes('the client goes before the answer', id))
      await begun
      client.reset()
      return server.records.of(id)
    }))

  it.each([
    'the client goes during its upload',
    'the client goes during its upload, which is iterated',
    'the client goes during its upload, which is piped',
  ])('%s', name =>
    expectAlike(pair, async server => {
      const begun = ask(server, 'wait until it has begun')
      const id = nextId()
      const client = await RawClient.connect(server.port)
      client.send(requestBytes(name, id, { ...upload, body: 'only this' }))
      await begun
      client.reset()
      return server.records.of(id)
    }),
  )

  it('requests sent without waiting are answered in their order', () =>
    expectAlike(pair, async server => {
      const client = await RawClient.connect(server.port)
      const names = ['end later', 'end a string', 'write in several turns', 'a 204', 'end nothing']
      const ids = names.map(() => nextId())
      client.send(
        names
          .map((name, i) => requestBytes(name, ids[i] as string, i === 4 ? { fields: 'Connection: close\r\n' } : {}))
          .join(''),
      )
      const responses = parseResponses(await client.toEnd()).map(comparable)
      const records: RecordedRequest[] = []
      for (const id of ids) records.push(await server.records.of(id))
      return { responses, records }
    }))

  it('a connection is used again after a body that nobody read', () =>
    expectAlike(pair, async server => {
      const client = await RawClient.connect(server.port)
      const shape = { method: 'POST', fields: 'Content-Length: 5\r\n', body: 'hello' }
      client.send(requestBytes('a body that nobody reads', nextId(), shape))
      await client.seen('not interested')
      client.send(requestBytes('end a string', nextId(), { fields: 'Connection: close\r\n' }))
      return parseResponses(await client.toEnd()).map(comparable)
    }))
})

async function open(server: RunningServer, name: string): Promise<RawClient> {
  const client = await RawClient.connect(server.port)
  client.send(requestBytes(name, nextId()))
  return client
}

/** Sends a request and waits for its answer. */
async function ask(server: RunningServer, name: string): Promise<void> {
  const client = await RawClient.connect(server.port)
  client.send(requestBytes(name, nextId(), { fields: 'Connection: close\r\n' }))
  await client.toEnd()
}

// On node:http it is that of the next, before Node 24.
describe('a store that a handler enters, on kirin', () => {
  const pair = startPair(nodeSubject, kirinServer)

  it.each(['one by one', 'in a row'])('is not that of the next request on its connection: %s', async how => {
    const client = await RawClient.connect(pair.adapted.port)
    const [first, second] = [nextId(), nextId()]
    const messages = [
      requestBytes('a store that is entered', first),
      requestBytes('a store that another request has entered', second),
    ] as const
    if (how === 'in a row') client.send(messages.join(''))
    else {
      client.send(messages[0])
      await pair.adapted.records.of(first)
      client.send(messages[1])
    }
    expect((await pair.adapted.records.of(second)).notes).toEqual({ before: 'none' })
    client.socket.end()
  })
})
