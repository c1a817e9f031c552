import { describe, it } from '@jest/globals'
import { defineApplicationTests } from '@nsgi/spec/conformance'
import application from '../shop.js'

const order = {
  method: 'POST',
  target: '/orders',
  headers: { 'content-type': 'application/json' },
  body: '{"tea":"oolong"}',
}
await defineApplicationTests(
  { describe, it },
  { application, requests: [{ target: '/' }, { target: '/missing' }, order] },
)
