// Brings the repository from a fresh clone to a built one, on a machine that has Node and npm and nothing else.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, StepError, step } from './steps.mjs'

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

/** Says what the last installation was made from; lies in node_modules so that it goes with it. */
const stampFile = path.join(root, 'node_modules', '.installed-from')

/**
 * Installs and builds what is not installed and built yet.
 *
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for further commands: pnpm is on its PATH
 */
export async function prepare() {
  checkNode()
  const env = await step('Package manager', findPnpm)
  await step('Packages', note => install(env, note))
  await step('Build', note => turbo('build', env, note))
  return env
}

/** Runs a task of turbo.json in every package; what did not change comes from its cache. */
export async function turbo(task, env, note) {
  const { output } = await run(
    process.execPath,
    [binary('turbo', 'bin/turbo'), 'run', task, '--output-logs=errors-only', '--ui=stream', '--no-color'],
    { cwd: root, env },
  )
  const cached = /Cached:\s+(\d+) cached, (\d+) total/.exec(output)
  if (cached !== null && cached[1] === cached[2]) note('unchanged')
}

/** The path of a script of an installed development dependency. */
export function binary(name, file) {
  return path.join(root, 'node_modules', name, file)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [wantedMajor, wantedMinor] = manifest.engines.node.match(/\d+/g).map(Number)
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  throw new StepError('Node', `version ${manifest.engines.node} is needed, this is ${process.versions.node}`)
}

/**
 * An installed pnpm of the wanted major will do; else npx fetches the one that package.json names, into npm's cache.
 * (corepack is no way: it does not know how to start pnpm 12, whose program is native.)
 */
async function findPnpm(note) {
  const wanted = manifest.packageManager.slice('pnpm@'.length)
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
  // Some tools take CI=true for a reason to colour a log file.
  if (process.stdout.isTTY !== true) env.NO_COLOR = '1'
  const installed = await pnpmVersion(env)
  if (installed?.split('.')[0] === wanted.split('.')[0]) {
    note(`pnpm ${installed}`)
    return env
  }
  const { output } = await run('npx', ['--yes', `--package=pnpm@${wanted}`, '--call', 'command -v pnpm'], {
    cwd: root,
    env,
  })
  const found = output.trim().split('\n').at(-1)
  env.PATH = `${path.dirname(found)}${path.delimiter}${env.PATH}`
  const fetched = await pnpmVersion(env)
  if (fetched === undefined) throw new StepError('Package manager', `npx did not provide pnpm ${wanted}`, output)
  note(`pnpm ${fetched} through npx`)
  return env
}

async function pnpmVersion(env) {
  try {
    return (await run('pnpm', ['--version'], { cwd: root, env })).output.trim()
  } catch {
    return undefined
  }
}

/** Installs exactly what the lockfile says, unless that was done already. */
async function install(env, note) {
  const wanted = inputsOfInstallation()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) {
    note('unchanged')
    return
  }
  // CI=true: pnpm asks nothing when it has to replace a node_modules of another version.
  await run('pnpm', ['install', '--frozen-lockfile'], { cwd: root, env: { ...env, CI: 'true' } })
  writeFileSync(stampFile, wanted)
}

function inputsOfInstallation() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests()]) {
    hash.update(file).update(readFileSync(path.join(root, file)))
  }
  return `${hash.digest('hex')}\n`
}

/** The package.json files of the workspace, relative to its root. */
function manifests() {
  const folders = ['packages', 'examples'].flatMap(parent => children(parent).map(name => path.join(parent, name)))
  return ['.', 'bench', 'torture', ...folders]
    .map(folder => path.join(folder, 'package.json'))
    .filter(file => existsSync(path.join(root, file)))
}

function children(folder) {
  return existsSync(path.join(root, folder)) ? readdirSync(path.join(root, folder)).sort() : []
}
