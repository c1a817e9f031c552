import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import { catalogue } from '../catalogue.js'

const DEFAULT_ROWS = 100_000
const MAX_ROWS = 10_000_000

/** Rows made at a time: chunks of some 20 KB rather than one of 40 bytes a row. */
const ROWS_PER_CHUNK = 500

const FIRST_SALE = Date.UTC(2020, 0, 1)
const MINUTE = 60_000

export const report = Router()

/** The sales of some years as CSV, made while it is sent: `?rows=100000`. */
report.get('/', async (request, response) => {
  const rows = Math.min(MAX_ROWS, Math.max(0, Math.trunc(Number(request.query.rows ?? DEFAULT_ROWS)) || 0))
  response.attachment('sales.csv')
  try {
    // The pipeline asks for more rows only when the client took the last ones.
    await pipeline(Readable.from(chunks(rows)), response)
  } catch (error) {
    // The customer went away; there is nobody left to tell.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
})

function* chunks(rows) {
  yield 'number,placed,tea,grams,cents\n'
  for (let first = 0; first < rows; first += ROWS_PER_CHUNK) {
    let chunk = ''
    for (let number = first; number < Math.min(rows, first + ROWS_PER_CHUNK); number++) chunk += row(number)
    yield chunk
  }
}

/** Made up, but the same at every download. */
function row(number) {
  const tea = catalogue[(number * 7 + (number >> 3)) % catalogue.length]
  const grams = 50 * (1 + ((number * 13) % 8))
  const placed = new Date(FIRST_SALE + number * 17 * MINUTE).toISOString()
  return `${number + 1},${placed},${tea.id},${grams},${(tea.price * grams) / 100}\n`
}
