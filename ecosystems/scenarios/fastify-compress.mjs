import { Readable } from 'node:stream'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { fastifyPlugin, pluginPackages } from './support/fastify-plugin.mjs'

const text = JSON.stringify({ text: 'u'.repeat(3000) })
const paths = ['/json', '/stream', '/small']

export const scenario = {
  packages: pluginPackages('compress'),
  frameworks: ['fastify4', 'fastify5'],
  async build({ framework }) {
    const app = framework.module()
    await app.register(await fastifyPlugin(framework, 'compress'), { threshold: 500 })
    app.get('/json', async () => ({ json: 'j'.repeat(4000) }))
    app.get('/small', async () => 'small')
    app.get('/stream', (_request, reply) =>
      reply.type('text/plain').send(Readable.from(Array.from({ length: 300 }, (_, i) => `${i} ${'s'.repeat(1000)}\n`))),
    )
    app.get('/off', { compress: false }, async () => 'o'.repeat(4000))
    app.post('/sent', async request => [request.body.text.length])
    return { app }
  },
  exchanges: [
    ...paths.flatMap(path => [
      { name: `${path} by gzip`, path, headers: { 'Accept-Encoding': 'gzip' } },
      { name: `${path} by brotli`, path, headers: { 'Accept-Encoding': 'br' } },
      { name: `${path} as it is`, path },
    ]),
    { name: 'turned off', path: '/off', headers: { 'Accept-Encoding': 'gzip' } },
    { name: 'HEAD', method: 'HEAD', path: '/json', headers: { 'Accept-Encoding': 'gzip' } },
    ...Object.entries({ gzip: gzipSync(text), br: brotliCompressSync(text), tea: text }).map(([coding, body]) => ({
      name: `sent by ${coding}`,
      method: 'POST',
      path: '/sent',
      body,
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': coding },
    })),
  ],
}
