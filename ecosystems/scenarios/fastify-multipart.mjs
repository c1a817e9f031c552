import { createHash } from 'node:crypto'
import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'
import { multipart } from './support/multipart.mjs'

const kilo = 'k'.repeat(1000)

export const scenario = {
  packages: pluginPackages('multipart'),
  frameworks: ['fastify4', 'fastify5'],
  async build({ framework, log }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'multipart'), { limits: { fileSize: 400_000, files: 2 } })
    app.setErrorHandler((error, _request, reply) => {
      log.push(`${error.code ?? error.stack}`)
      return reply.code(error.statusCode ?? 500).send({ code: error.code ?? error.message })
    })
    app.post('/parts', async request => {
      const seen = []
      for await (const part of request.parts()) {
        if (part.type === 'field') seen.push([part.fieldname, part.value])
        else {
          const hash = createHash('sha1')
          for await (const chunk of part.file) hash.update(chunk)
          seen.push([part.fieldname, part.filename, part.mimetype, part.file.truncated, hash.digest('hex')])
        }
      }
      return seen
    })
    app.post('/file', async request => {
      const file = await request.file()
      return [file.filename, (await file.toBuffer()).length, Object.keys(file.fields)]
    })
    app.post('/saved', async request => {
      const saved = await request.saveRequestFiles()
      // From version 10 on beside the values.
      return (saved.files ?? saved).map(({ filename, mimetype }) => [filename, mimetype])
    })
    return { app }
  },
  exchanges: [
    {
      name: 'fields and files',
      ...multipart('/parts', [
        { name: 'note', body: 'ü' },
        { name: 'file', filename: 'a', body: kilo },
        { name: 'file', filename: 'b', body: '' },
      ]),
    },
    {
      name: 'in chunks',
      ...multipart('/parts', [{ name: 'file', filename: 'a', body: kilo.repeat(300) }]),
      chunks: 5000,
    },
    {
      name: 'cut at its limit',
      ...multipart('/parts', [{ name: 'file', filename: 'a', body: kilo.repeat(401) }]),
      logs: 1,
    },
    {
      name: 'too many files',
      ...multipart(
        '/parts',
        ['a', 'b', 'c'].map(filename => ({ name: 'file', filename, body: 'x' })),
      ),
      logs: 1,
    },
    { name: 'saved', ...multipart('/saved', [{ name: 'file', filename: 'a.txt', body: kilo.repeat(100) }]) },
    { name: 'one file', ...multipart('/file', [{ name: 'file', filename: 'a', body: kilo }]) },
    {
      name: 'no multipart',
      method: 'POST',
      path: '/parts',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
      logs: 1,
    },
  ],
}
