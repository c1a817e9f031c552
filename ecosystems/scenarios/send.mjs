import send from 'send'
import { files } from './support/files.mjs'

export const scenario = {
  packages: ['send'],
  frameworks: ['node'],
  masks: [[/"[0-9a-f]+-[0-9a-f]+"/g, '"ETAG"']],
  build({ log }) {
    return (req, res) =>
      send(req, new URL(req.url, 'http://test').pathname, { root: files, start: req.url.endsWith('?cut') ? 5 : 0 })
        .on('headers', (_res, path, stat) => log.push(`headers ${path.slice(files.length)} ${stat.size}`))
        .on('error', error => {
          log.push(`error ${error.status}`)
          res.statusCode = error.status
          res.end(error.message)
        })
        .on('directory', () => res.writeHead(301, { Location: '/index.html' }).end())
        .on('stream', () => log.push('stream'))
        .on('end', () => log.push('end'))
        .pipe(res)
  },
  exchanges: [
    { name: 'a file', path: '/data.txt', logs: 3 },
    { name: 'a large one', path: '/large.bin', logs: 3 },
    { name: 'a range', path: '/large.bin', headers: { Range: 'bytes=1000-400000' }, logs: 3 },
    { name: 'from a given byte on', path: '/data.txt?cut', logs: 3 },
    { name: 'a range that is not there', path: '/data.txt', headers: { Range: 'bytes=5000-' }, logs: 2 },
    { name: 'HEAD', method: 'HEAD', path: '/data.txt', logs: 1 },
    { name: 'not modified', path: '/data.txt', headers: { 'If-None-Match': '*' }, logs: 1 },
    {
      name: 'a failed precondition',
      path: '/data.txt',
      headers: { 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' },
      logs: 2,
    },
    { name: 'not there', path: '/missing', logs: 1 },
    { name: 'a folder', path: '/.', logs: 0 },
  ],
}
