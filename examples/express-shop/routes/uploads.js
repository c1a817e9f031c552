import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import multer from 'multer'

const MEBIBYTE = 1024 * 1024

const upload = multer({
  dest: tmpdir(),
  limits: { fileSize: 32 * MEBIBYTE, files: 1, fields: 4, fieldSize: 4096 },
})

export const uploads = Router()

/** Takes one file in the field `picture`, looks at it and throws it away. */
uploads.post('/', upload.single('picture'), async (request, response) => {
  if (request.file === undefined) {
    response.status(422).json({ error: 'No file in the field "picture"' })
    return
  }
  const { path, originalname, size, mimetype } = request.file
  try {
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    response.status(201).json({ name: originalname, size, type: mimetype, sha256: hash.digest('hex') })
  } finally {
    await rm(path, { force: true })
  }
})
