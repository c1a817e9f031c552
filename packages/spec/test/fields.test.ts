import { describe, expect, it } from '@jest/globals'
import { isTrailerName } from '../src/fields.ts'

describe('isTrailerName', () => {
  it.each([
    'content-length',
    'transfer-encoding',
    'host',
    'authorization',
    'set-cookie',
    'content-type',
    'trailer',
    'te',
  ])('refuses %s (RFC 9110 §6.5.1)', name => expect(isTrailerName(name)).toBe(false))

  it.each(['x-checksum', 'server-timing', 'digest', 'grpc-status', 'etag'])('lets %s stand behind a body', name =>
    expect(isTrailerName(name)).toBe(true),
  )
})
