// Members of req, res and their socket that are not as on node:http, with the reason.

interface AllowedMembers {
  /** The behaviour of `fixtures/surface.mjs`. */
  readonly of: string
  readonly names: readonly string[]
  readonly reason: string
}

const ofSocket = 'the members of the socket'

export const allowedMembers: readonly AllowedMembers[] = [
  {
    of: 'the members of the request',
    names: ['joinDuplicateHeaders'],
    reason: "false where node:http has null: an option of its server, which is the gateway's",
  },
  {
    of: 'the members of the response',
    names: ['_maxRequestsPerSocket'],
    reason: "an option of node's server",
  },
  {
    of: ofSocket,
    names: ['server', 'parser', 'connect'],
    reason: 'there is no http.Server, no parser of node and nothing to connect',
  },
  {
    of: ofSocket,
    names: [
      'bytesRead',
      'bytesWritten',
      'autoSelectFamilyAttemptedAddresses',
      'setTOS',
      'getTOS',
      'setTypeOfService',
      'getTypeOfService',
    ],
    reason: 'the gateway tells nothing of the connection as such: it may be a stream among others',
  },
  {
    of: ofSocket,
    names: (
      'read push unshift pipe unpipe wrap iterator asIndexedPairs drop filter ' +
      'flatMap map take compose every forEach reduce toArray some find readableDidRead readableAborted ' +
      'readableBuffer writableBuffer writableAborted'
    ).split(' '),
    reason: "the bytes of the connection are the server's; a program that takes them over gets an 'upgrade' socket",
  },
  {
    of: ofSocket,
    names: ['flushing', 'touch', 'detach', 'isWatched', 'release', 'lost', 'tellClosed'],
    reason: "the stand-in's own members",
  },
]

/** Inner members of `net.Socket` begin so; those that libraries are known to read are there and compared. */
const compared = ['_httpMessage', '_writableState', '_events', '_eventsCount', '_maxListeners']
export const innerReason = 'inner members of net.Socket, but for _httpMessage and _writableState, which libraries read'

/** Whether a member may differ. */
export function isAllowedMember(of: string, name: string): boolean {
  if (of === ofSocket && name.startsWith('_') && !compared.includes(name)) return true
  return allowedMembers.some(allowed => allowed.of === of && allowed.names.includes(name))
}
