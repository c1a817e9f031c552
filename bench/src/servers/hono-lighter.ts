// The answers by Hono for Kirin, with lighter Requests and Responses.
import '@nsgi/adapters-fetch/register'

export { default } from './hono.ts'
