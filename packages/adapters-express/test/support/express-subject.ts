import { recorded, watch } from '../../../adapters-node/test/fixtures/recorder.mjs'
import type { Subject } from '../../../adapters-node/test/support/servers.ts'
import { type ExpressApplication, fromExpress } from '../../src/index.ts'
import { versions } from '../fixtures/express-versions.mjs'
import { createApplication } from '../fixtures/middleware.mjs'

/** The application of `fixtures/` on one version of Express, through `fromExpress`. */
export function expressSubject(version: 'Express 4' | 'Express 5'): Subject {
  const application = createApplication(versions[version], watch) as unknown as ExpressApplication
  return {
    handler: application,
    adapt: () => fromExpress(application),
    recorded,
    module: new URL(`../fixtures/application-${version.slice(-1)}.mjs`, import.meta.url),
  }
}
