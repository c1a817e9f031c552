// What holds with the platform's own holds with the lighter ones in their place.
import '../../src/globals/register.ts'

await import('../request/fetch-request.test.ts')
await import('../from-fetch.test.ts')
