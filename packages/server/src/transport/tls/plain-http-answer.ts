// What a client reads that speaks plain HTTP where TLS is spoken.

const TEXT = 'This port speaks TLS: use https.\n'

/** The whole answer. There is no request to answer: its bytes are not parsed. */
export const PLAIN_HTTP_ANSWER: string =
  'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n' +
  `content-length: ${TEXT.length}\r\nconnection: close\r\n\r\n${TEXT}`
