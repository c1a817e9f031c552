import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { Connection } from '../../../../src/conformance/server/wire/connection.ts'

/** How a connection ends, to a client whose first byte the server answers so. */
async function endingOf(answer: (socket: Socket) => void): Promise<{ readonly how: string; readonly text: string }> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {}).once('data', () => answer(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const where = { host: '127.0.0.1', port }
  const connection = await Connection.open({ where, name: 'test', signal: new AbortController().signal })
  try {
    const { how, rest } = await connection.send('x').reader.toClose('the end')
    return { how, text: rest.toString() }
  } finally {
    connection.dispose()
    server.close()
    await once(server, 'close')
  }
}

describe('a connection of the suite', () => {
  it('sees a reset that comes together with bytes', async () => {
    const answer = (socket: Socket): void => void socket.write('abc', () => socket.resetAndDestroy())
    expect(await endingOf(answer)).toEqual({ how: 'reset', text: 'abc' })
  })

  it('sees an end where the server closes both sides behind its last byte', async () => {
    const answer = (socket: Socket): void => void socket.write('abc', () => socket.destroy())
    expect(await endingOf(answer)).toEqual({ how: 'end', text: 'abc' })
  })

  it('sees an end where the server goes on receiving', async () => {
    expect(await endingOf(socket => void socket.end('abc'))).toEqual({ how: 'end', text: 'abc' })
  })
})
