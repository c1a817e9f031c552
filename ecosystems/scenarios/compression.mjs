import compression from 'compression'

const gzip = { 'Accept-Encoding': 'gzip' }
const turn = () => new Promise(setImmediate)

// Not by `once`, which compression does not know how to take back from the stream that it puts in between.
const waiting = new WeakMap()
const drained = res => {
  if (!waiting.has(res)) res.on('drain', () => waiting.get(res)())
  return new Promise(resolve => waiting.set(res, resolve))
}

export const scenario = {
  packages: ['compression'],
  frameworks: ['express4', 'express5'],
  build({ framework, log }) {
    const app = framework.module()
    app.use(compression({ threshold: 100 }))
    app.get('/json', (_req, res) => res.json({ text: 'z'.repeat(5000) }))
    app.get('/small', (_req, res) => res.send('small'))
    app.get('/image', (_req, res) => res.type('png').send(Buffer.alloc(2000)))
    app.get('/kept', (_req, res) => res.set('Cache-Control', 'no-transform').send('k'.repeat(2000)))
    app.get('/events', async (_req, res) => {
      res.type('text/event-stream')
      for (let i = 0; i < 3; i++) {
        res.write(`data: ${i}\n\n`)
        res.flush()
        await turn()
      }
      res.end()
    })
    app.get('/large', async (_req, res) => {
      res.type('text/plain')
      for (let i = 0; i < 60; i++) {
        if (!res.write(`${i} ${'large '.repeat(6000)}`)) await drained(res)
      }
      res.on('finish', () => log.push('all is written'))
      res.end('last')
    })
    app.get('/head', (_req, res) => {
      res.writeHead(203, { 'Content-Type': 'text/plain' })
      res.end('h'.repeat(3000))
    })
    return { app }
  },
  exchanges: [
    { name: 'gzip', path: '/json', headers: gzip },
    { name: 'deflate', path: '/json', headers: { 'Accept-Encoding': 'deflate' } },
    { name: 'brotli', path: '/json', headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } },
    { name: 'not asked for', path: '/json' },
    { name: 'HEAD', method: 'HEAD', path: '/json', headers: gzip },
    { name: 'below its threshold', path: '/small', headers: gzip },
    { name: 'what does not compress', path: '/image', headers: gzip },
    { name: 'no-transform', path: '/kept', headers: gzip },
    { name: 'events, flushed one by one', path: '/events', headers: gzip },
    { name: 'two megabytes with back-pressure', path: '/large', headers: gzip, logs: 1 },
    { name: 'two megabytes as they are', path: '/large', logs: 1 },
    { name: 'an explicit head', path: '/head', headers: gzip },
    { name: 'an ETag that matches', path: '/json', headers: { ...gzip, 'If-None-Match': '*' } },
  ],
}
