// How much of packages/*/src the tests ran, in lines that bear code: those from which the compiler made some.
// Two sources are joined: what jest saw of the sources in its own processes, and what every server process that a test
// started wrote down of the compiled files (NODE_V8_COVERAGE), mapped back to the sources.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { decode } from '@jridgewell/sourcemap-codec'

/**
 * Counts covered lines per package.
 *
 * @param {string} root of the repository, built
 * @param {string} folder with jest's coverage-final.json and the folder `processes`
 * @returns {Map<string, { covered: number, lines: number }>} by the package's folder
 */
export function measureCoverage(root, folder) {
  const { sources, files } = compiledFiles(root)
  addJest(sources, path.join(folder, 'coverage-final.json'))
  addProcesses({ sources, files }, path.join(folder, 'processes'))

  const packages = new Map()
  for (const { source, lines, covered } of sources.values()) {
    const name = path.relative(root, source).split(path.sep).slice(0, 2).join('/')
    const sum = packages.get(name) ?? { covered: 0, lines: 0 }
    packages.set(name, { covered: sum.covered + covered.size, lines: sum.lines + lines.size })
  }
  return packages
}

/** Prints what `measureCoverage` found, and the sum of it. */
export function printCoverage(packages) {
  const all = { covered: 0, lines: 0 }
  process.stdout.write('\nCoverage, lines of source run in the tests or in the processes that they started\n')
  for (const [name, sum] of packages) {
    all.covered += sum.covered
    all.lines += sum.lines
    printLine(name, sum)
  }
  printLine('all', all)
}

function printLine(name, { covered, lines }) {
  const share = lines === 0 ? 100 : (covered / lines) * 100
  process.stdout.write(`  ${name.padEnd(28)} ${share.toFixed(1).padStart(5)} %  ${covered} of ${lines}\n`)
}

/**
 * Each source by its path, with its lines that bear code; and each compiled file by its URL, with the sources that it is made of and where
 * their code starts. A bundle is made of many sources, each of which is compiled by itself as well: which lines bear code is read there.
 */
function compiledFiles(root) {
  const sources = new Map()
  const files = new Map()
  for (const name of readdirSync(path.join(root, 'packages'))) {
    const dist = path.join(root, 'packages', name, 'dist')
    if (!existsSync(dist)) continue
    for (const entry of readdirSync(dist, { recursive: true })) {
      if (!entry.endsWith('.js.map')) continue
      const compiled = path.join(dist, entry.slice(0, -'.map'.length))
      const map = JSON.parse(readFileSync(path.join(dist, entry), 'utf8'))
      const paths = map.sources.map(source => path.resolve(path.dirname(compiled), map.sourceRoot ?? '', source))
      const segments = segmentsOf(readFileSync(compiled, 'utf8'), map)
      files.set(pathToFileURL(compiled).href, { paths, segments })
      const [source, ...others] = paths
      // A file whose source is gone is left over from an earlier build.
      if (source === undefined || others.length > 0 || !existsSync(source)) continue
      sources.set(source, { source, lines: new Set(segments.map(segment => segment.line)), covered: new Set() })
    }
  }
  return { sources, files }
}

/** Offsets in the compiled text, ascending, with the source (its index in the map) and its line (from 1) that each comes from. */
function segmentsOf(text, map) {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return decode(map.mappings).flatMap((segments, row) =>
    segments
      .filter(segment => segment.length > 1)
      .map(([column, source, line]) => ({ offset: starts[row] + column, source, line: line + 1 })),
  )
}

function addJest(sources, reportFile) {
  if (!existsSync(reportFile)) return
  const report = JSON.parse(readFileSync(reportFile, 'utf8'))
  for (const { source, lines, covered } of sources.values()) {
    const entry = report[source]
    if (entry === undefined) continue
    for (const [id, { start }] of Object.entries(entry.statementMap)) {
      if (entry.s[id] > 0 && lines.has(start.line)) covered.add(start.line)
    }
  }
}

function addProcesses({ sources, files }, folder) {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    for (const { url, functions } of writtenIn(path.join(folder, name))) {
      const file = files.get(url)
      if (file !== undefined) addExecuted(file, { sources, functions })
    }
  }
}

/** A process that was killed while it wrote has left a piece of it, which tells nothing. */
function writtenIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).result
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

/** The innermost of V8's nested ranges around a segment says whether it was run. */
function addExecuted({ paths, segments }, { sources, functions }) {
  const ranges = functions
    .flatMap(({ ranges: own }) => own)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  const open = []
  let next = 0
  for (const { offset, source, line } of segments) {
    for (; next < ranges.length && ranges[next].startOffset <= offset; next++) {
      while (open.length > 0 && open.at(-1).endOffset <= ranges[next].startOffset) open.pop()
      open.push(ranges[next])
    }
    while (open.length > 0 && open.at(-1).endOffset <= offset) open.pop()
    const entry = sources.get(paths[source])
    if (open.length > 0 && open.at(-1).count > 0 && entry?.lines.has(line)) entry.covered.add(line)
  }
}
