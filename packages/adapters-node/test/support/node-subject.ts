import { fromNode } from '../../src/index.ts'
import { handler } from '../fixtures/handler.mjs'
import { recorded } from '../fixtures/recorder.mjs'
import type { Subject } from './servers.ts'

/** The behaviours of `fixtures/`, through `fromNode`. */
export const nodeSubject: Subject = {
  handler,
  adapt: given => fromNode(given),
  recorded,
  module: new URL('../fixtures/application.mjs', import.meta.url),
}
