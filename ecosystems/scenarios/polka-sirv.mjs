import polka from 'polka'
import sirv from 'sirv'
import { files } from './support/files.mjs'

export const scenario = {
  title: 'polka and sirv',
  packages: ['polka', 'sirv'],
  frameworks: ['node'],
  masks: [[/W\/\\"\d+-\d+\\"/g, 'ETAG']],
  build() {
    const app = polka({ onError: (error, _req, res) => res.writeHead(error.code ?? 500).end(error.message) })
    app.use('static', sirv(files, { etag: true, dev: false, maxAge: 60 }))
    app.get('/tea/:name', (req, res) => res.end(JSON.stringify([req.params, req.query, req.path, req.originalUrl])))
    app.get('/fails', (_req, _res, next) => next(Object.assign(new Error('failed'), { code: 418 })))
    app.use((_req, res) => res.writeHead(404).end('nowhere'))
    return { app: app.handler }
  },
  exchanges: [
    { name: 'a route', path: '/tea/oolong?a=b' },
    { name: 'a failure', path: '/fails' },
    { name: 'nowhere', path: '/nowhere' },
    { name: 'a file', path: '/static/data.txt' },
    { name: 'a range', path: '/static/large.bin', headers: { Range: 'bytes=5-99999' } },
    { name: 'a range that is not there', path: '/static/data.txt', headers: { Range: 'bytes=9999-' } },
    { name: 'an index', path: '/static' },
    { name: 'HEAD', method: 'HEAD', path: '/static/data.txt' },
  ],
}
