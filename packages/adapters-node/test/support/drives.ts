// What is done to a server to see whether another does the same: exchanges that are more than one request and its answer.
import { type RequestShape, requestBytes } from './behaviour.ts'
import { type ComparableResponse, comparable } from './comparable.ts'
import { parseResponses, RawClient } from './raw-client.ts'
import { nextId, type RecordedRequest } from './records.ts'
import type { RunningServer } from './servers.ts'

/** Something that is done to a server, and what came of it. */
export type Drive<Result> = (server: RunningServer) => Promise<Result>

/** A POST of known length. */
export function post(type: string, body: string): RequestShape {
  return { method: 'POST', fields: `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`, body }
}

/** A POST of JSON in two chunks. */
export const chunkedPost: RequestShape = {
  method: 'POST',
  fields: 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n',
  body: '3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
}

/** A client that goes when it has seen that text of its answer: how the request was recorded. */
export function lostWhileSentTo(path: string, text: string): Drive<RecordedRequest> {
  return async server => {
    const id = nextId()
    const client = await RawClient.connect(server.port)
    client.send(requestBytes(path, id))
    await client.seen(text)
    client.reset()
    return server.records.of(id)
  }
}

/**
 * A client that goes when it has been told to send its body. What it had sent by then has been read: a reset that arrives together with
 * bytes looks like an end.
 */
export function lostInUpload(path: string, type: string, begun = ''): Drive<RecordedRequest> {
  return async server => {
    const id = nextId()
    const client = await RawClient.connect(server.port)
    const fields = `Content-Type: ${type}\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n`
    client.send(requestBytes(path, id, { method: 'POST', fields }))
    await client.seen('100 Continue')
    if (begun !== '') client.send(begun)
    client.reset()
    return server.records.of(id)
  }
}

/** Requests for those paths sent without waiting, the last of which ends the connection: their answers. */
export function inOneGo(paths: readonly string[]): Drive<readonly ComparableResponse[]> {
  return async server => {
    const client = await RawClient.connect(server.port)
    const last = { fields: 'Connection: close\r\n' }
    const requests = paths.map((path, i) => requestBytes(path, nextId(), i === paths.length - 1 ? last : {}))
    client.send(requests.join(''))
    return parseResponses(await client.toEnd()).map(comparable)
  }
}

/** A request that keeps its connection, which the server then ends: its answer. */
export function untilClosed(path: string): Drive<readonly ComparableResponse[]> {
  return async server => {
    const client = await RawClient.connect(server.port)
    client.send(requestBytes(path, nextId()))
    return parseResponses(await client.toEnd()).map(comparable)
  }
}

/** The answer to a GET on a connection of its own. */
export async function getOnce(server: RunningServer, path: string, fields = ''): Promise<ComparableResponse> {
  const client = await RawClient.connect(server.port)
  client.send(requestBytes(path, nextId(), { fields: `Connection: close\r\n${fields}` }))
  return comparable(parseResponses(await client.toEnd())[0] as Parameters<typeof comparable>[0])
}

/** A path asked for twice, the second time with the cookies of the first answer. */
export function twiceWithCookies(path: string): Drive<readonly ComparableResponse[]> {
  return async server => {
    const first = await getOnce(server, path)
    const cookies = first.headers
      .filter(line => line.startsWith('set-cookie: '))
      .map(line => line.slice('set-cookie: '.length).split(';')[0] as string)
    return [first, await getOnce(server, path, `Cookie: ${cookies.join('; ')}\r\n`)]
  }
}
