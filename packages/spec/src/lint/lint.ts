import type { Application } from '../application.ts'
import type { Context } from '../context.ts'
import { withLifespan } from '../middleware/lifespan.ts'
import type { GatewayRequest } from '../request.ts'
import { checkContext } from './context-shape.ts'
import { Exchange, type Shared } from './exchange.ts'
import { LifespanWatch } from './lifespan-watch.ts'
import { type OnViolation, Reporter } from './reporter.ts'

/** How `lint` is told what to do with what it finds. */
export interface LintOptions {
  /** `throw`. */
  readonly onViolation?: OnViolation | undefined
}

/**
 * Puts a check of both sides around an application: it behaves as before, but what the server or the application does against
 * the specification is found while it runs, and named. Hooks are passed on; synchronous responses stay synchronous, bodies
 * are read no faster than the server asks.
 *
 *     export default lint(application)
 *
 * What is found where the application is at fault is thrown by default, as an error with the code `NSGI_VIOLATION`; see
 * `OnViolation`. It costs time at each request: it is for development and tests.
 *
 * @throws TypeError unless `application` is a function
 */
export function lint(application: Application, options: LintOptions = {}): Application {
  if (typeof application !== 'function') throw new TypeError('lint: the application is not a function')
  const { onViolation = 'throw' } = options
  const lifespan = new LifespanWatch()
  const contexts = new WeakSet<Context>()
  const shared: Shared = {
    application,
    seen: new WeakSet(),
    running: new Set(),
    dropped: new FinalizationRegistry(exchange => exchange.dropped()),
  }

  /** A reporter for what happens now; a context that was not seen before is checked. */
  const reporterFor = (context: Context, during: string): Reporter => {
    const reporter = new Reporter(onViolation, (Object(context) as Partial<Context>).log, during)
    if (!contexts.has(context)) checkContext(context, reporter.server)
    if (typeof context === 'object' && (context as unknown) !== null) contexts.add(context)
    return reporter
  }

  const linted: Application = (request, context) => {
    const { method, target } = Object(request) as Partial<GatewayRequest>
    const reporter = reporterFor(context, `${method} ${target}`)
    lifespan.called(context, reporter.server)
    return new Exchange(shared, reporter).run(request, context)
  }

  const startup = async (context: Context): Promise<void> => {
    lifespan.starting(context, reporterFor(context, 'startup').server)
    let succeeded = false
    try {
      await application.startup?.(context)
      succeeded = true
    } finally {
      lifespan.started(context, succeeded)
    }
  }

  const shutdown = async (context: Context): Promise<void> => {
    const reporter = reporterFor(context, 'shutdown')
    lifespan.stopping(context, reporter.server)
    for (const exchange of shared.running) exchange.stop()
    await application.shutdown?.(context)
  }

  return withLifespan(linted, [{ startup, shutdown }])
}
