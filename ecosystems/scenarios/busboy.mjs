import { createHash } from 'node:crypto'
import busboy from 'busboy'
import { lostUpload } from './support/lost-upload.mjs'
import { multipart } from './support/multipart.mjs'

export const scenario = {
  packages: ['busboy'],
  frameworks: ['node'],
  build({ log }) {
    return (req, res) => {
      const seen = []
      req.on('aborted', () => log.push(`aborted ${req.complete}`))
      req.on('close', () => req.aborted && log.push(`closed ${req.readableEnded} ${res.writableEnded}`))
      const refuse = error => {
        log.push(error.message)
        req.unpipe()
        req.resume()
        if (!res.headersSent) res.writeHead(400, { 'Content-Type': 'text/plain' }).end(error.message)
      }
      let parser
      try {
        parser = busboy({ headers: req.headers, limits: { fileSize: 1_000_000, files: 2 } })
      } catch (error) {
        return refuse(error)
      }
      parser.on('field', (name, value) => seen.push([name, value]))
      parser.on('file', (name, stream, info) => {
        const hash = createHash('sha1')
        let size = 0
        // A form that ends early ends its files, too.
        stream.on('error', error => log.push(`file: ${error.message}`))
        stream.on('data', chunk => {
          hash.update(chunk)
          size += chunk.length
        })
        stream.on('close', () => seen.push([name, info, size, stream.truncated === true, hash.digest('hex')]))
      })
      parser.on('filesLimit', () => seen.push('too many files'))
      parser.on('error', refuse)
      parser.on(
        'close',
        () => res.headersSent || res.setHeader('Content-Type', 'application/json').end(JSON.stringify(seen)),
      )
      return req.pipe(parser)
    }
  },
  exchanges: [
    {
      name: 'a form',
      method: 'POST',
      path: '/',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a=1&b=%C3%BC',
    },
    {
      name: 'fields and a file',
      ...multipart('/', [
        { name: 'note', body: 'hi' },
        { name: 'file', filename: 'a', body: 'file' },
      ]),
    },
    {
      name: 'a megabyte in chunks',
      ...multipart('/', [{ name: 'file', filename: 'm', body: 'm'.repeat(1_000_000) }]),
      chunks: 65_000,
    },
    { name: 'cut at its limit', ...multipart('/', [{ name: 'file', filename: 'm', body: 'm'.repeat(1_000_001) }]) },
    {
      name: 'too many files',
      ...multipart(
        '/',
        ['a', 'b', 'c'].map(filename => ({ name: 'file', filename, body: filename })),
      ),
    },
    {
      name: 'a form that ends early',
      ...multipart('/', [{ name: 'file', filename: 'a', body: 'file' }], { cut: 5 }),
      logs: 2,
    },
    {
      name: 'nothing that it knows',
      method: 'POST',
      path: '/',
      headers: { 'Content-Type': 'text/plain' },
      body: 'text',
      logs: 1,
    },
    {
      ...lostUpload('/', { 'Content-Type': 'multipart/form-data; boundary=b0undary' }),
      logs: 2,
    },
  ],
}
