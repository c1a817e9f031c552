// The same answer by Express: listens itself with LISTEN set, else is for Kirin to serve.
import express, { type Express } from 'express'

const app: Express = express()
app.get('/', (_request, response) => {
  response.type('text/plain').send('hello, world\n')
})
if (process.env.LISTEN !== undefined) app.listen(Number(process.env.LISTEN), '127.0.0.1')

export default app
