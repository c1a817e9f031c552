import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'
import { files } from './support/files.mjs'

const get = (name, path, headers) => ({ name, path, ...(headers ? { headers } : {}) })

export const scenario = {
  packages: pluginPackages('static'),
  frameworks: ['fastify4', 'fastify5'],
  masks: [[/W\/\\"[0-9a-f]+-[0-9a-f]+\\"/g, 'ETAG']],
  async build({ framework }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'static'), {
      root: files,
      prefix: '/static/',
      maxAge: 60_000,
      redirect: true,
    })
    app.get('/file', (_request, reply) => reply.sendFile('data.txt', { maxAge: 0 }))
    app.get('/download', (_request, reply) => reply.download('data.txt', 'tea.txt'))
    return { app }
  },
  exchanges: [
    get('a file', '/static/data.txt'),
    { name: 'HEAD', method: 'HEAD', path: '/static/data.txt' },
    get('a large file', '/static/large.bin'),
    get('a range', '/static/large.bin', { Range: 'bytes=10-99999' }),
    get('a range that is not there', '/static/data.txt', { Range: 'bytes=99999-' }),
    get('not modified', '/static/data.txt', { 'If-None-Match': '*' }),
    get('an index', '/static/'),
    get('a redirect', '/static'),
    get('not there', '/static/missing'),
    get('a way out', '/static/..%2fpackage.json'),
    get('not decodable', '/static/%zz'),
    get('sent by a route', '/file'),
    get('as a download', '/download'),
    get('no longer what it was', '/file', { 'If-Match': '"other"' }),
  ],
}
