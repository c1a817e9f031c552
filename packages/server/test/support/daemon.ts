// Other people's servers, started by a test in a directory of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach } from '@jest/globals'
import { certificate, privateKey } from './certificates.ts'

interface Daemon {
  readonly child: ChildProcess
  readonly directory: string
}

const running = new Set<Daemon>()

afterEach(async () => {
  for (const daemon of running) {
    running.delete(daemon)
    const { child, directory } = daemon
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(directory, { recursive: true, force: true })
  }
})

/** The fenced blocks of that language in docs/deployment.md, in order. */
export function deploymentSnippets(language: 'nginx' | 'haproxy'): readonly string[] {
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/deployment.md', import.meta.url)), 'utf8')
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text as string)
}

/** A configuration with other addresses and paths; each must occur in it. */
export function replaced(text: string, replacements: Readonly<Record<string, string>>): string {
  let result = text
  for (const [from, to] of Object.entries(replacements)) {
    if (!result.includes(from)) throw new Error(`not in the configuration: ${from}`)
    result = result.replaceAll(from, to)
  }
  return result
}

/** A temporary directory with the certificate of localhost, in the shapes that these servers read; removed after the test. */
function daemonDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'kirin-daemon-')))
  writeFileSync(join(directory, 'shop.pem'), certificate('server'))
  writeFileSync(join(directory, 'shop.key'), privateKey('server'))
  writeFileSync(join(directory, 'shop-and-key.pem'), certificate('server') + privateKey('server'))
  return directory
}

/** Starts nginx with that in its `http` block; `/etc/ssl/` is a directory of test certificates. */
export async function startNginx(program: string, http: string): Promise<void> {
  const directory = daemonDirectory()
  // Its workers would be somebody else, who may not use the socket of a test.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${directory}/${name};`,
  )
  const text = `
    daemon off;
    ${user}
    worker_processes 1;
    pid ${directory}/nginx.pid;
    error_log stderr notice;
    events { worker_connections 64; }
    http {
      access_log off;
      ${temporary.join('\n')}
      ${http.replaceAll('/etc/ssl', directory)}
    }`
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, text)
  await started(program, ['-p', directory, '-e', 'stderr', '-c', file], { directory, ready: /start worker process \d/ })
}

/** Starts HAProxy with those sections. */
export async function startHaproxy(program: string, sections: string): Promise<void> {
  const directory = daemonDirectory()
  const text = `
global
  maxconn 64
defaults
  timeout connect 5s
  timeout client 30s
  timeout server 30s
${sections.replaceAll('/etc/ssl', directory)}`
  const file = join(directory, 'haproxy.cfg')
  writeFileSync(file, text)
  await started(program, ['-W', '-db', '-f', file], { directory, ready: /Loading success/ })
}

/** Resolves when it says that it is ready; rejects with what it said when it ends before. */
async function started(
  program: string,
  args: readonly string[],
  { directory, ready }: { readonly directory: string; readonly ready: RegExp },
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  running.add({ child, directory })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (ready.test(said)) resolve()
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${program} exited with ${code}:\n${said}`)))
  })
}
