// `--reload`: tells when the application's files change. For development; the watcher is loaded only where it was asked for.
import { basename, dirname, extname, relative, resolve, sep } from 'node:path'

/** What programs are written in. Data that an application writes beside its source must not reload it. */
const SOURCES: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.jsx', '.tsx'])

/** Milliseconds without another change before it is told: an editor writes a file in several steps, git many files. */
const QUIET = 100

/** What is watched. */
export interface WatchOptions {
  /** The application's file; absolute. Its directory is watched with all below it. */
  readonly application: string
  /** Watched as well, whatever they are called. */
  readonly extraFiles: readonly string[]
}

/**
 * Begins to watch; it does not keep the process alive.
 *
 * @param changed told the first of the files that changed, relative to the application's directory
 * @param failed told why watching may not work, as when the system allows no more watches
 */
export async function watchSources(
  { application, extraFiles }: WatchOptions,
  changed: (file: string) => void,
  failed: (error: Error) => void,
): Promise<void> {
  const { watch } = await import('chokidar')
  const directory = dirname(application)
  const extra = new Set(extraFiles.map(file => resolve(file)))
  const watcher = watch([directory, ...extra], {
    ignoreInitial: true,
    persistent: false,
    ignored: (path, stats) => !extra.has(path) && isUninteresting(relative(directory, path), stats?.isFile() === true),
  })
  let first: string | undefined
  let timer: NodeJS.Timeout | undefined
  watcher.on('all', (_event, path) => {
    first ??= relative(directory, path)
    clearTimeout(timer)
    timer = setTimeout(() => {
      changed(first ?? basename(path))
      first = undefined
    }, QUIET)
  })
  watcher.on('error', error => failed(error as Error))
  await new Promise<void>(ready => watcher.once('ready', () => ready()))
}

/** What is installed, and what hides itself (`.git`), changes without meaning anything for the application. */
function isUninteresting(path: string, isFile: boolean): boolean {
  const parts = path.split(sep)
  if (parts.some(part => part === 'node_modules' || (part.startsWith('.') && part !== '..'))) return true
  return isFile && !SOURCES.has(extname(path)) && !basename(path).startsWith('kirin.config.')
}
