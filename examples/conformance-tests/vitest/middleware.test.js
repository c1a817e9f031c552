import { defineMiddlewareTests } from '@nsgi/spec/conformance'
import { describe, it } from 'vitest'
import { withSignature } from '../with-signature.js'

await defineMiddlewareTests({ describe, it }, { middleware: withSignature })
