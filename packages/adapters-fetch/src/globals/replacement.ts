// The platform's Response, Request and fetch with lighter ones between.
import { makeLazily, platformRequest } from '../request/fetch-request.ts'
import { lightResponse, RealResponse } from './light-response.ts'

const { Request: RealRequest, fetch: realFetch } = globalThis

/**
 * Puts a `Response` that makes light ones in the place of the platform's, and, where that needs it, a `Request` and a `fetch` that know
 * lazy requests. Real objects and classes that extend them stay what they are, and all of them pass `instanceof`.
 */
export function replaceGlobals(): void {
  if (globalThis.Response !== RealResponse) return
  put('Response', lightened())
  if (!makeLazily()) return
  put('Request', unwrapping())
  put('fetch', async (input: unknown, init?: RequestInit) => realFetch(platformRequest(input) as Request, init))
}

function put(name: 'Response' | 'Request' | 'fetch', value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: name === 'fetch' })
  // What asks an object for its class is to find the one that has the name.
  const { prototype } = value as { readonly prototype?: object }
  if (prototype !== undefined) {
    Object.defineProperty(prototype, 'constructor', { value, writable: true, configurable: true, enumerable: false })
  }
}

function lightened(): typeof Response {
  // Of one parameter, as the platform's.
  const json = (data: unknown, ...[init]: readonly [init?: ResponseInit]): Response => {
    const text: unknown = JSON.stringify(data)
    const light = typeof text === 'string' ? lightResponse(text, init, 'application/json') : undefined
    return light ?? RealResponse.json(data, init)
  }
  const replacement: typeof Response = new Proxy(RealResponse, {
    construct(target, given: unknown[], newTarget) {
      if (newTarget !== replacement) return Reflect.construct(target, given, newTarget) as Response
      return lightResponse(given[0], given[1]) ?? (Reflect.construct(target, given) as Response)
    },
    get: (target, name) => (name === 'json' ? json : (Reflect.get(target, name) as unknown)),
  })
  return replacement
}

function unwrapping(): typeof Request {
  const replacement: typeof Request = new Proxy(RealRequest, {
    construct(target, [input, ...rest]: unknown[], newTarget) {
      const given = [platformRequest(input), ...rest]
      return Reflect.construct(target, given, newTarget === replacement ? target : newTarget) as Request
    },
  })
  return replacement
}
