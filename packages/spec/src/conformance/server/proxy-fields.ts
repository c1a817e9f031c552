// The fields through which proxies speak of their clients.

/** A field by its name in lower case. */
export type ProxyField = 'x-forwarded-for' | 'x-forwarded-proto' | 'x-forwarded-host' | 'forwarded'

/** Every one that the suite can speak through. */
export const PROXY_FIELDS: readonly ProxyField[] = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'forwarded',
]

/** Those that nearly every proxy writes. */
export const DEFAULT_PROXY_FIELDS: readonly ProxyField[] = ['x-forwarded-for', 'x-forwarded-proto']
