// A folder of files for what serves files, made anew at each run: what is large or hidden need not be in a repository.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const files = mkdtempSync(join(tmpdir(), 'nsgi-ecosystems-'))

const contents = {
  'data.txt': Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join(''),
  'index.html': '<!doctype html><title>index</title>',
  '.hidden': 'hidden',
  'large.bin': Buffer.alloc(700_000, 'large '),
  'app.js': `export default ${JSON.stringify('j'.repeat(3000))}\n`,
}
// One time for all, so that what says when they changed says the same at each run.
const changed = new Date('2026-01-02T03:04:05Z')
for (const [name, content] of Object.entries(contents)) {
  writeFileSync(join(files, name), content)
  utimesSync(join(files, name), changed, changed)
}

process.on('exit', () => rmSync(files, { recursive: true, force: true }))
