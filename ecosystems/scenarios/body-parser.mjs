import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import bodyParser from 'body-parser'
import { lostUpload } from './support/lost-upload.mjs'

const json = { 'Content-Type': 'application/json' }
const coded = coding => ({ ...json, 'Content-Encoding': coding })
const text = JSON.stringify({ text: 'ü'.repeat(300) })
const long = JSON.stringify({ text: 'l'.repeat(20_000) })
const post = (name, path, rest) => ({ name, method: 'POST', path, ...rest })

export const scenario = {
  packages: ['body-parser'],
  frameworks: ['express4', 'express5'],
  build({ framework, log }) {
    const app = framework.module()
    const verify = (_req, _res, bytes) => {
      if (bytes[0] === 0x5b) throw Object.assign(new Error('no lists'), { status: 403, type: 'list' })
    }
    app.post('/json', bodyParser.json({ limit: 10_000, verify }), (req, res) => res.json([req.body ?? null]))
    app.post('/loose', bodyParser.json({ strict: false, type: '*/*' }), (req, res) => res.json([req.body ?? null]))
    app.post('/form', bodyParser.urlencoded({ extended: true, parameterLimit: 3 }), (req, res) =>
      res.json([req.body ?? null]),
    )
    app.post('/text', bodyParser.text({ limit: 100 }), (req, res) => res.json([req.body ?? null]))
    app.post('/raw', bodyParser.raw({ limit: '4mb', inflate: false }), (req, res) =>
      res.json([req.body?.length ?? null]),
    )
    app.use((error, req, res, _next) => {
      log.push(`${error.type} ${error.status}`)
      if (!req.aborted) res.status(error.status).json([error.type, error.message])
    })
    return { app }
  },
  exchanges: [
    post('JSON', '/json', { headers: json, body: text }),
    post('JSON in chunks', '/json', { headers: json, body: text, chunks: 7 }),
    post('no body', '/json', { headers: json }),
    post('another type', '/json', { headers: { 'Content-Type': 'text/plain' }, body: text }),
    post('gzip', '/json', { headers: coded('gzip'), body: gzipSync(text) }),
    post('deflate', '/json', { headers: coded('deflate'), body: deflateSync(text) }),
    post('brotli', '/json', { headers: coded('br'), body: brotliCompressSync(text), chunks: 10 }),
    post('gzip that ends early', '/json', { headers: coded('gzip'), body: gzipSync(text).subarray(0, 30), logs: 1 }),
    post('no gzip at all', '/json', { headers: coded('gzip'), body: 'plain', logs: 1 }),
    post('a coding nobody knows', '/json', { headers: coded('tea'), body: text, logs: 1 }),
    post('too long, as it says', '/json', { headers: json, body: long, logs: 1 }),
    post('too long, as it turns out', '/json', { headers: json, body: long, chunks: 4000, logs: 1 }),
    post('too long once it is unpacked', '/json', { headers: coded('gzip'), body: gzipSync(long), logs: 1 }),
    post('not JSON', '/json', { headers: json, body: '{"a":', logs: 1 }),
    post('refused by verify', '/json', { headers: json, body: '[1]', logs: 1 }),
    post('a charset nobody knows', '/json', {
      headers: { 'Content-Type': 'application/json; charset=tea' },
      body: text,
      logs: 1,
    }),
    post('UTF-16', '/json', {
      headers: { 'Content-Type': 'application/json; charset=utf-16le' },
      body: Buffer.from(text, 'utf16le'),
    }),
    post('a value alone', '/loose', { headers: { 'Content-Type': 'text/tea' }, body: '17' }),
    post('a form', '/form', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a[b]=1&a[c]=%FC&d=2',
    }),
    post('too many parameters', '/form', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a&b&c&d',
      logs: 1,
    }),
    post('text in latin1', '/text', {
      headers: { 'Content-Type': 'text/plain; charset=latin1' },
      body: Buffer.from('über', 'latin1'),
    }),
    post('bytes', '/raw', {
      headers: { 'Content-Type': 'application/octet-stream' },
      body: Buffer.alloc(3_000_000, 'raw '),
    }),
    post('bytes that would have to be inflated', '/raw', {
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Encoding': 'gzip' },
      body: gzipSync('raw'),
      logs: 1,
    }),
    { ...lostUpload('/json', { ...json, 'Content-Length': '9000' }), logs: 1 },
  ],
}
