import type { Application } from '../application.ts'
import { derive } from './derive.ts'
import { withLifespan } from './lifespan.ts'

/** Applications by path prefix. A prefix begins with a slash and does not end in one; `/` stands for everything else. */
export type Routes = Readonly<Record<string, Application>>

interface Route {
  readonly prefix: string
  readonly application: Application
}

/**
 * Joins applications under path prefixes into one. The longest prefix wins; it matches whole segments (`/api` takes
 * `/api` and `/api/x`, not `/apiary`) of the path as received: nothing is decoded, normalised or folded in case
 * (REQ-04). The prefix moves from `path` to `mount` of a derived request (REQ-27), so a request for exactly `/api` has
 * the path `""` inside. What no prefix matches gets a plain 404; the targets of `OPTIONS *` and CONNECT match none.
 *
 * `startup` runs in the order of the routes and `shutdown` in reverse, once for an application that is mounted twice. A
 * `startup` that throws shuts those down that had started.
 *
 * @throws TypeError for a prefix that can never match, or one that is given twice.
 */
export function mount(routes: Routes): Application
export function mount(prefix: string, application: Application): Application
export function mount(routesOrPrefix: Routes | string, application?: Application): Application {
  const given = typeof routesOrPrefix === 'string' ? { [routesOrPrefix]: application } : routesOrPrefix
  const routes = Object.entries(given).map(([prefix, target]) => checkedRoute(prefix, target))
  const longestFirst = routes.toSorted((a, b) => b.prefix.length - a.prefix.length)
  longestFirst.forEach(({ prefix }, index) => {
    if (prefix === longestFirst[index + 1]?.prefix) throw new TypeError('mount: "" and "/" are the same prefix')
  })

  const router: Application = (request, context) => {
    const { mount: outer, path } = request
    // Without a mount, an empty path is CONNECT's (an extended CONNECT has a path).
    const isPath = path.startsWith('/') || (path === '' && outer !== '')
    const route = isPath ? longestFirst.find(({ prefix }) => isUnder(path, prefix)) : undefined
    if (route === undefined) return notFound()
    if (route.prefix === '') return route.application(request, context)
    const inner = derive(request, { mount: outer + route.prefix, path: path.slice(route.prefix.length) })
    return route.application(inner, context)
  }
  return withLifespan(
    router,
    routes.map(route => route.application),
  )
}

function checkedRoute(prefix: string, application: unknown): Route {
  if (typeof application !== 'function') {
    throw new TypeError(`mount: the application for ${JSON.stringify(prefix)} is not a function`)
  }
  if (prefix === '' || prefix === '/') return { prefix: '', application: application as Application }
  // What is left out here never occurs in a path: controls, spaces, `?`, `#`, bytes above 0xFF.
  if (!/^(?:\/[!"$->@-~\x80-\xFF]*)+$/.test(prefix) || prefix.endsWith('/')) {
    throw new TypeError(
      `mount: ${JSON.stringify(prefix)} is no prefix: it must begin with "/", not end in "/", and be percent-encoded as in a request`,
    )
  }
  return { prefix, application: application as Application }
}

function isUnder(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

/** A fresh one for each call (APP-01). */
function notFound() {
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not Found\n' }
}
