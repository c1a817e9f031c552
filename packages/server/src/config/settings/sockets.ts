import type { BindAddress } from '../bind-address.ts'
import type { TableOf } from '../setting.ts'
import { bindAddress, onOff, portOnly, wholeNumber } from '../value-kinds.ts'

/** Where Kirin listens. */
export interface SocketSettings {
  readonly bind: readonly BindAddress[]
  readonly backlog: number
  readonly reusePort: boolean
}

/** Their part of the table. */
export const socketSettings: TableOf<SocketSettings> = {
  bind: {
    group: 'Sockets',
    flag: '--bind',
    short: '-b',
    variables: [{ name: 'PORT', kind: portOnly }],
    kind: bindAddress,
    repeatable: true,
    default: [{ type: 'tcp', host: '127.0.0.1', port: 8000 }],
    defaultText: 'or 0.0.0.0:$PORT if PORT is set',
    summary: 'Address to listen on: host:port, [ipv6]:port, unix:path or fd://number; may be repeated',
    details:
      'An empty host (`:8000`) is every IPv4 interface, `[::]:8000` every interface of both kinds, or of IPv6 alone where an IPv4 address with ' +
      'the same port is given as well; IPv4 clients of it have addresses like `::ffff:192.0.2.1`. `fd://3` is a bound socket that the process was started with. Port 0 takes a free port, which the log then names. A socket file ' +
      'left behind by a dead server is replaced; one that somebody still answers on is not. `--umask` decides who may connect to it.',
  },
  backlog: {
    group: 'Sockets',
    flag: '--backlog',
    kind: wholeNumber(1, 65_535),
    default: 2048,
    summary: 'Connections that may wait to be accepted, for each socket',
    details: 'The kernel caps it at `net.core.somaxconn`.',
  },
  reusePort: {
    group: 'Sockets',
    flag: '--reuse-port',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'A listening socket for each worker instead of one for all (SO_REUSEPORT); needs Node 22.12',
    details:
      'The kernel then deals new connections out by a hash of their addresses: even with many clients, and a worker that is busy gets its part as well, which waits. With one ' +
      'socket for all the worker that is there first takes a connection. The master holds the sockets, so that what waits is there for the successor of a worker that dies. Another ' +
      'process of the same user can bind the same address unnoticed. UNIX sockets are shared in any case.',
  },
}
