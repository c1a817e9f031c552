// `npm run torture -- patterns`: what each party makes of the known patterns of smuggling, as a table for docs/.
import { readCorpus } from '../corpus.ts'
import { observeAll, startPeers } from '../fuzz/socket-level.ts'
import type { SocketObservation } from '../peers/sockets/peer.ts'
import { escape } from '../stream-text.ts'
import type { TortureOptions } from './options.ts'

/** Prints the table; there is nothing to find. */
export async function runPatterns(_options: TortureOptions): Promise<boolean> {
  const peers = await startPeers()
  const rows: string[] = []
  for (const { name, notes, stream } of readCorpus()) {
    if (!name.startsWith('patterns/')) continue
    const seen = await observeAll(peers, [Buffer.from(stream, 'latin1')])
    const cells = peers.map(peer => cell(seen[peer.name] as SocketObservation))
    const label = `${name.slice('patterns/'.length)}: ${notes[0] ?? ''}`
    rows.push(`| ${escape(label).replaceAll('|', '\\|')} | ${cells.join(' | ')} |`)
  }
  await Promise.all(peers.map(peer => peer.stop()))
  console.log(`| pattern | ${peers.map(({ name }) => name).join(' | ')} |`)
  console.log(`| --- |${peers.map(() => ' --- |').join('')}`)
  console.log(rows.join('\n'))
  return true
}

/** How many requests were seen, with how many bytes of body, and the refusal. */
function cell({ requests, statuses, end }: SocketObservation): string {
  const list = requests.map(({ target, body, whole }) => {
    if (target === '/smuggled') return '**smuggled**'
    if (target === '/canary') return 'next'
    return `${body.length === 0 ? 'request' : `request with ${body.length} B`}${whole ? '' : ', cut off'}`
  })
  const refused = statuses.find(status => status >= 400)
  const last = refused === undefined ? (end === 'refused' ? 'no answer' : '') : String(refused)
  return [...list, last].filter(text => text !== '').join(', ') || 'closes'
}
