import { recorded, watch } from '../../../adapters-node/test/fixtures/recorder.mjs'
import type { Subject } from '../../../adapters-node/test/support/servers.ts'
import { fromFastify } from '../../src/index.ts'
import { versions } from '../fixtures/fastify-versions.mjs'
import { createApplication } from '../fixtures/routes.mjs'

export type Version = keyof typeof versions

/** The application of `fixtures/` on one version of Fastify, through `fromFastify`. */
export function fastifySubject(version: Version): Subject {
  const application = createApplication(versions[version], watch)
  // What `listen` awaits before it listens.
  const ready = application.ready()
  return {
    handler: (req, res) => void ready.then(() => application.routing(req, res)),
    adapt: () => fromFastify(application),
    recorded,
    module: new URL(`../fixtures/application-${version.slice(-1)}.mjs`, import.meta.url),
  }
}
