import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { applicationDirectory, HELLO, startKirin } from '../support/kirin-process.ts'

/** `connected`, or the code of the error. */
function outcomeOf(socket: Socket): Promise<string> {
  return new Promise(resolve => {
    socket.once('connect', () => resolve('connected'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

async function stopped(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  while (!/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await turn()
}

it('lets no more connections wait on an inherited socket than --backlog says', async () => {
  const cwd = applicationDirectory({ 'app.mjs': HELLO })
  const kirin = startKirin(['-b', 'unix:kirin.sock', '--backlog', '2', 'app.mjs'], { cwd })
  await kirin.line(/Listening at/)
  const [worker = 0] = kirin.workers()
  // A worker that cannot accept: Linux turns a connection to a UNIX socket away when its queue is full.
  await stopped(worker)
  const sockets = Array.from({ length: 8 }, () => connect(join(cwd, 'kirin.sock')))
  try {
    const outcomes = await Promise.all(sockets.map(outcomeOf))
    // The queue takes one more than the backlog (unix_recvq_full in the kernel compares with `>`).
    expect(outcomes.filter(outcome => outcome === 'connected')).toHaveLength(3)
    expect(outcomes.filter(outcome => outcome === 'EAGAIN')).toHaveLength(5)
  } finally {
    for (const socket of sockets) socket.destroy()
    process.kill(worker, 'SIGCONT')
  }
})
