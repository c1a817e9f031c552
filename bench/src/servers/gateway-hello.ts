// The smallest gateway application: a synchronous plain response.
import type { GatewayResponse } from '@nsgi/spec'

export default function hello(): GatewayResponse {
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello, world\n' }
}
