import serveStatic from 'serve-static'
import { files } from './support/files.mjs'

const get = (name, path, headers) => ({ name, path, ...(headers ? { headers } : {}) })

export const scenario = {
  packages: ['serve-static', 'send'],
  frameworks: ['express4', 'express5'],
  masks: [[/"[0-9a-f]+-[0-9a-f]+"/g, '"ETAG"']],
  build({ framework }) {
    const app = framework.module()
    app.use(
      '/static',
      serveStatic(files, { maxAge: '1d', dotfiles: 'ignore', setHeaders: res => res.set('X-Own', 'ours') }),
    )
    app.use('/strict', serveStatic(files, { fallthrough: false, dotfiles: 'deny', index: false, acceptRanges: false }))
    app.use(
      '/immutable',
      serveStatic(files, { immutable: true, maxAge: 1000, lastModified: false, etag: false, extensions: ['html'] }),
    )
    return { app }
  },
  exchanges: [
    get('a file', '/static/data.txt'),
    { name: 'HEAD', method: 'HEAD', path: '/static/data.txt' },
    get('a large file', '/static/large.bin'),
    get('its first bytes', '/static/data.txt', { Range: 'bytes=0-9' }),
    get('its last bytes', '/static/large.bin', { Range: 'bytes=-70000' }),
    get('from a byte on', '/static/data.txt', { Range: 'bytes=100-' }),
    get('a range that is not there', '/static/data.txt', { Range: 'bytes=999999-' }),
    get('several ranges', '/static/data.txt', { Range: 'bytes=0-1,5-6' }),
    get('a range of what has changed', '/static/data.txt', { Range: 'bytes=0-9', 'If-Range': '"other"' }),
    get('not modified', '/static/data.txt', { 'If-None-Match': '*' }),
    get('not modified since', '/static/data.txt', { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' }),
    get('no longer what it was', '/static/data.txt', { 'If-Match': '"other"' }),
    get('an index', '/static/'),
    get('a redirect to an index', '/static'),
    get('a hidden file', '/static/.hidden'),
    get('a way out', '/static/../package.json'),
    get('an encoded way out', '/static/%2e%2e%2fpackage.json'),
    get('not decodable', '/static/%zz'),
    get('a NUL', '/static/a%00b'),
    { name: 'POST', method: 'POST', path: '/static/data.txt', body: 'x' },
    get('not there, strictly', '/strict/missing'),
    get('hidden, strictly', '/strict/.hidden'),
    get('no ranges', '/strict/data.txt', { Range: 'bytes=0-9' }),
    { name: 'POST, strictly', method: 'POST', path: '/strict/data.txt', body: 'x' },
    get('an extension found', '/immutable/index'),
    get('a file that stays as it is', '/immutable/data.txt'),
  ],
}
