import { afterAll, beforeAll, expect } from '@jest/globals'
import { observe, type RequestShape } from './behaviour.ts'
import { expectedOf } from './differences.ts'
import type { Drive } from './drives.ts'
import { nativeServer, type RunningServer, type ServerUnderTest, type Subject } from './servers.ts'

/** node:http and a gateway server with the same handler, for the tests of one `describe`. */
export interface ServerPair {
  readonly native: RunningServer
  readonly adapted: RunningServer
}

/** Starts both before the tests and stops them after. */
export function startPair(subject: Subject, gateway: ServerUnderTest): ServerPair {
  const pair = {} as { native: RunningServer; adapted: RunningServer }
  beforeAll(async () => {
    pair.native = await nativeServer.start(subject)
    pair.adapted = await gateway.start(subject)
  })
  afterAll(async () => {
    await pair.native?.stop()
    await pair.adapted?.stop()
  })
  return pair
}

/** Runs a behaviour on both and expects the same, but for the differences that have a reason. */
export async function expectSame(pair: ServerPair, name: string, shape: RequestShape = {}): Promise<void> {
  const native = await observe(pair.native, name, shape)
  const adapted = await observe(pair.adapted, name, shape)
  expect(adapted).toEqual(expectedOf(name, { native, adapted }, shape))
}

/** Does the same to both and expects the same to come of it. */
export async function expectAlike<Result>(pair: ServerPair, drive: Drive<Result>): Promise<void> {
  const native = await drive(pair.native)
  expect(await drive(pair.adapted)).toEqual(native)
}
