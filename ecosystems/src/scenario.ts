// What a file in scenarios/ is: an application with one piece of real middleware, and what is done to it.
import type { RequestListener, Server } from 'node:http'
import type { UpgradeListener } from '@nsgi/adapters-node'
import type { EventLog } from './event-log.ts'
import type { Observed, RequestShape } from './raw-client.ts'

/** What an application is written for: a version of a framework, or a plain `(req, res)` handler. */
export type FrameworkId = 'express4' | 'express5' | 'koa2' | 'koa3' | 'fastify4' | 'fastify5' | 'node'

/** The framework that a scenario is run on. */
export interface Framework {
  readonly id: FrameworkId
  /** For people: `Express 4`. */
  readonly label: string
  /** What its package exports by default; `undefined` for a plain handler. */
  readonly module: unknown
}

/** What a scenario builds. */
export interface Built {
  /** An application of the framework, or a `(req, res)` handler. */
  readonly app?: unknown
  /** Instead: an `http.Server` with listeners on it, which natively listens and behind the gateway never does. */
  readonly server?: Server
  /** What `server.on('upgrade')` takes. */
  readonly upgrade?: UpgradeListener
  /** Called when all is over. */
  close?(): unknown
}

/** What an application under test gets. */
export interface Making {
  readonly framework: Framework
  /** Where the application says what happened, in its order: compared, too. */
  readonly log: EventLog
}

/** What a `drive` can do beside plain requests. */
export interface Session {
  readonly port: number
  readonly log: EventLog
  /** Sends a request on a connection of its own and reads the answer to its end. */
  request(shape: RequestShape): Promise<Observed>
}

interface Named {
  readonly name: string
  /** How many lines the application has logged when it is over: they are waited for. */
  readonly logs?: number
  /** Whether the answer is meant to be a 500. */
  readonly fails?: boolean
  /** Why it differs from `node:http`, and how: what was seen natively, turned into what has to be seen. */
  readonly differs?: { readonly reason: string; readonly expected: (native: unknown) => unknown }
}

/** One thing that is done: a request, or a drive whose result is compared. */
export type Exchange = Named & (RequestShape | { readonly drive: (session: Session) => Promise<unknown> })

/** A scenario: the default or `scenario` export of a file. */
export interface Scenario {
  /** Packages whose versions the matrix names; the first is the scenario's name. `{}` names others by framework. */
  readonly packages: readonly string[] | Readonly<Partial<Record<FrameworkId, readonly string[]>>>
  /** What it is called, if not by its first package. */
  readonly title?: string
  readonly frameworks: readonly FrameworkId[]
  /** Whether the requests of the scenario keep cookies from each other. */
  readonly cookies?: boolean
  /** What differs at every run: replaced before it is compared. */
  readonly masks?: readonly (readonly [RegExp, string])[]
  build(making: Making): Built | RequestListener | PromiseLike<Built>
  readonly exchanges: readonly Exchange[]
}
