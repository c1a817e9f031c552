// The streams under corpus/: known patterns of smuggling, and whatever a campaign has found.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CorpusEntry, parseCorpusFile } from './stream-text.ts'

/** The folder of the corpus. */
export const CORPUS_FOLDER: string = fileURLToPath(new URL('../corpus', import.meta.url))

export interface NamedEntry extends CorpusEntry {
  /** `patterns/cl-te`: the path of its file within the folder, without `.txt`. */
  readonly name: string
}

/** All streams of the corpus, by name. */
export function readCorpus(folder: string = CORPUS_FOLDER): NamedEntry[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.txt'))
    .sort()
    .map(path => {
      try {
        return { name: path.slice(0, -'.txt'.length), ...parseCorpusFile(readFileSync(join(folder, path), 'utf8')) }
      } catch (error) {
        throw new Error(`corpus file ${path}`, { cause: error })
      }
    })
}
