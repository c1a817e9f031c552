import { recorded, watch } from '../../../adapters-node/test/fixtures/recorder.mjs'
import type { Subject } from '../../../adapters-node/test/support/servers.ts'
import { fromKoa, type KoaApplication } from '../../src/index.ts'
import { versions } from '../fixtures/koa-versions.mjs'
import { createApplication } from '../fixtures/middleware.mjs'

export type Version = keyof typeof versions

/** The application of `fixtures/` on one version of Koa, through `fromKoa`. */
export function koaSubject(version: Version): Subject {
  const application = createApplication(versions[version], watch) as unknown as KoaApplication
  return {
    handler: application.callback(),
    adapt: () => fromKoa(application),
    recorded,
    module: new URL(`../fixtures/application-${version.slice(-1)}.mjs`, import.meta.url),
  }
}
