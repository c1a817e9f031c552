// Applications written to something other than the gateway interface, and what serves them.

/** A kind of application that is recognised by its shape, since its class comes from the user's own dependencies. */
export interface Framework {
  /** With its article: completes "it exports …". */
  readonly name: string
  readonly recognises: (exported: unknown) => boolean
  /** The package and function that make it a gateway application; `null` where there is none yet. */
  readonly adapter: { readonly package: string; readonly function: string } | null
  /** What to do instead, where there is no adapter. */
  readonly advice?: string
}

/** First match counts. */
export const frameworks: readonly Framework[] = [
  {
    name: 'an Express application',
    recognises: exported =>
      typeof exported === 'function' &&
      has(exported, { handle: 'function', set: 'function', engine: 'function', request: 'object', response: 'object' }),
    adapter: { package: '@nsgi/adapters-express', function: 'fromExpress' },
  },
  {
    name: 'a Koa application',
    recognises: exported => has(exported, { callback: 'function', middleware: 'object', context: 'object' }),
    adapter: { package: '@nsgi/adapters-koa', function: 'fromKoa' },
  },
  {
    name: 'a Fastify application',
    recognises: exported => has(exported, { routing: 'function', inject: 'function', ready: 'function' }),
    adapter: { package: '@nsgi/adapters-fastify', function: 'fromFastify' },
  },
  {
    name: 'a connect application',
    recognises: exported => typeof exported === 'function' && has(exported, { handle: 'function', stack: 'object' }),
    adapter: null,
    advice: 'wrap it with fromNode of @nsgi/adapters-node',
  },
  {
    name: 'an HTTP server',
    recognises: exported => has(exported, { listen: 'function', close: 'function', address: 'function' }),
    adapter: null,
    advice: 'run a program that listens by itself with kirin run, or export what handles its requests instead',
  },
  {
    name: 'a fetch handler',
    recognises: exported => has(exported, { fetch: 'function' }),
    adapter: { package: '@nsgi/adapters-fetch', function: 'fromFetch' },
  },
]

function has(value: unknown, members: Readonly<Record<string, 'function' | 'object'>>): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const object = value as Readonly<Record<string, unknown>>
  return Object.entries(members).every(([name, type]) => typeof object[name] === type)
}
