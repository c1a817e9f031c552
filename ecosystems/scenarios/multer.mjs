import { createHash } from 'node:crypto'
import multer from 'multer'
import { lostUpload } from './support/lost-upload.mjs'
import { multipart } from './support/multipart.mjs'

const kilo = 'k'.repeat(1000)
const described = ({ fieldname, originalname, mimetype, size, buffer }) => ({
  fieldname,
  originalname,
  mimetype,
  size,
  sha1: createHash('sha1').update(buffer).digest('hex'),
})

export const scenario = {
  packages: ['multer'],
  frameworks: ['express4', 'express5'],
  build({ framework, log }) {
    const app = framework.module()
    const memory = multer({ limits: { fileSize: 400_000, fields: 2 } })
    app.post('/single', memory.single('file'), (req, res) => res.json([described(req.file), req.body]))
    app.post('/array', memory.array('files', 2), (req, res) => res.json(req.files.map(described)))
    app.post('/fields', memory.fields([{ name: 'a' }, { name: 'b' }]), (req, res) =>
      res.json(Object.entries(req.files).map(([name, files]) => [name, files.map(described)])),
    )
    app.post('/none', memory.none(), (req, res) => res.json(req.body))
    // Express knows a handler of errors by its four parameters.
    app.use((error, _req, res, _next) => {
      log.push(`${error.code ?? error.name}: ${error.message}`)
      if (!res.headersSent) res.status(error instanceof multer.MulterError ? 413 : 400).json([error.code, error.field])
    })
    return { app }
  },
  exchanges: [
    {
      name: 'a file and a field',
      ...multipart('/single', [
        { name: 'note', body: 'ü' },
        { name: 'file', filename: 'a.txt', body: kilo },
      ]),
    },
    {
      name: 'in chunks',
      ...multipart('/single', [{ name: 'file', filename: 'ü.bin', body: kilo.repeat(300) }]),
      chunks: 7000,
    },
    {
      name: 'several files',
      ...multipart('/array', [
        { name: 'files', filename: '1', body: 'one' },
        { name: 'files', filename: '2', body: 'two', type: 'image/png' },
      ]),
    },
    {
      name: 'named files',
      ...multipart('/fields', [
        { name: 'a', filename: '1', body: 'one' },
        { name: 'b', filename: '2', body: '' },
      ]),
    },
    {
      name: 'too large',
      ...multipart('/single', [{ name: 'file', filename: 'large', body: kilo.repeat(401) }]),
      logs: 1,
    },
    {
      name: 'a file that is not expected',
      ...multipart('/none', [{ name: 'file', filename: 'a', body: 'a' }]),
      logs: 1,
    },
    {
      name: 'too many fields',
      ...multipart(
        '/none',
        ['a', 'b', 'c'].map(name => ({ name, body: name })),
      ),
      logs: 1,
    },
    {
      name: 'a body that ends early',
      ...multipart('/single', [{ name: 'file', filename: 'a', body: kilo }], { cut: 20 }),
      logs: 1,
    },
    {
      name: 'no boundary',
      method: 'POST',
      path: '/single',
      headers: { 'Content-Type': 'multipart/form-data' },
      body: 'x',
      logs: 1,
    },
    {
      ...lostUpload('/single', { 'Content-Type': 'multipart/form-data; boundary=b0undary' }),
      logs: 1,
    },
  ],
}
