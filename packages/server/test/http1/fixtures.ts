// Requests as bytes, well-formed and not, that the parser's tests run whole and cut at every offset. A
// request that once was parsed wrongly belongs here.
import type { RejectionCode } from '../../src/exchange/rejections.ts'

export interface Fixture {
  readonly name: string
  /** Bytes as latin1. */
  readonly bytes: string
  /** How many requests it holds; further bytes are not looked at. */
  readonly requests?: number
  /** Why the last of them is refused, if it is. */
  readonly refused?: RejectionCode
  /**
   * Set where llhttp alone accepts what is refused here: the sentence says what decides it. A refusal
   * without it must be llhttp's own as well.
   */
  readonly ours?: string
}

const head = (line: string, ...fields: string[]): string => [line, ...fields, '', ''].join('\r\n')
const get = (...fields: string[]): string => head('GET / HTTP/1.1', 'Host: a', ...fields)
const post = (...fields: string[]): string => head('POST /p HTTP/1.1', 'Host: a', ...fields)

const BROWSER = head(
  'GET /shop/products?page=2&sort=price%20asc HTTP/1.1',
  'Host: shop.example:8443',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.7',
  'Accept-Encoding: gzip, deflate, br',
  'Cookie: session=0123456789abcdef; theme=dark',
  'Referer: http://shop.example/',
  'Connection: keep-alive',
  'Upgrade-Insecure-Requests: 1',
)

/** Accepted. */
export const VALID: readonly Fixture[] = [
  { name: 'the smallest request', bytes: get() },
  { name: 'a browser-sized head', bytes: BROWSER },
  { name: 'two requests in a row', bytes: get('X-A: 1') + BROWSER, requests: 2 },
  { name: 'an empty value, and one of blanks', bytes: get('Empty:', 'Blank:  \t ', 'Next: x') },
  { name: 'white space around a value, kept within', bytes: get('A: \t b  c\t d \t') },
  { name: 'no space after the colon', bytes: get('A:b', 'B:c:d') },
  { name: 'bytes above 0x7F in a value', bytes: get('A: caf\xe9 \x80\xff') },
  { name: 'a name with every token character', bytes: get("!#$%&'*+-.^_`|~09azAZ: x") },
  { name: 'fields that repeat', bytes: get('A: 1', 'a: 2', 'Cookie: x=1', 'cookie: y=2', 'A: 3') },
  { name: 'HTTP/1.0 without Host', bytes: head('GET /old HTTP/1.0') },
  { name: 'HTTP/1.0 that wants to stay', bytes: head('GET / HTTP/1.0', 'Connection: Keep-Alive') },
  { name: 'an empty Host', bytes: head('GET / HTTP/1.1', 'Host:') },
  { name: 'an IPv6 Host with a port', bytes: head('GET / HTTP/1.1', 'Host: [2001:db8::1]:8080') },
  { name: 'an IPv6 Host that ends in an IPv4 address', bytes: head('GET / HTTP/1.1', 'Host: [::ffff:192.0.2.1]') },
  { name: 'a Host with percent-encoding and an empty port', bytes: head('GET / HTTP/1.1', 'Host: a%2Db_c:') },
  { name: 'an absolute-form target with an IPv6 address', bytes: head('GET http://[::1]:81/ HTTP/1.1', 'Host: a') },
  { name: 'an authority form with an IPv6 address', bytes: head('CONNECT [::1]:443 HTTP/1.1', 'Host: [::1]:443') },
  { name: 'an empty Host beside an absolute-form target', bytes: head('GET http://b/ HTTP/1.1', 'Host:') },
  { name: 'a method of ICE', bytes: head('SOURCE / HTTP/1.1', 'Host: a') },
  {
    name: 'a chunk size with many zeros',
    bytes: `${post('Transfer-Encoding: chunked')}${'0'.repeat(40)}1\r\nx\r\n0\r\n\r\n`,
  },
  { name: 'tabs before a coding', bytes: `${post('Transfer-Encoding: \tchunked ')}1\r\nx\r\n0\r\n\r\n` },
  { name: 'an absolute-form target', bytes: head('GET http://b.example:81/x?y HTTP/1.1', 'Host: a') },
  { name: 'an absolute-form target without a path', bytes: head('GET HTTP://b.example?q HTTP/1.1', 'Host: a') },
  { name: 'the asterisk form', bytes: head('OPTIONS * HTTP/1.1', 'Host: a') },
  { name: 'the authority form', bytes: head('CONNECT b.example:443 HTTP/1.1', 'Host: b.example:443') },
  { name: 'a target with everything left as it is', bytes: head('GET //a/../b/%2F%zz;p=1?a?b=/c HTTP/1.1', 'Host: a') },
  { name: 'an uncommon method', bytes: head('M-SEARCH /m HTTP/1.1', 'Host: a') },
  { name: 'a body of known length', bytes: `${post('Content-Length: 5')}hello` },
  { name: 'a length with zeros before and blanks after', bytes: `${post('Content-Length: 005  ')}hello` },
  { name: 'a length of zero', bytes: post('Content-Length: 0') + get(), requests: 2 },
  {
    name: 'a body that looks like a request',
    bytes: `${post('Content-Length: 18')}GET / HTTP/1.1\r\n\r\n${get()}`,
    requests: 2,
  },
  { name: 'a body on GET', bytes: `${get('Content-Length: 2')}hi${get()}`, requests: 2 },
  {
    name: 'a chunked body',
    bytes: `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n${get()}`,
    requests: 2,
  },
  {
    name: 'chunk sizes in upper and lower case',
    bytes: `${post('Transfer-Encoding: CHUNKED')}A\r\n0123456789\r\nb\r\n0123456789a\r\n000\r\n\r\n`,
  },
  { name: 'chunk extensions', bytes: `${post('Transfer-Encoding: chunked')}5;a;b=c;d="e f"\r\nhello\r\n0;z\r\n\r\n` },
  {
    name: 'trailers',
    bytes: `${post('Transfer-Encoding: chunked', 'Trailer: Sum')}1\r\nx\r\n0\r\nSum: 1\r\nOther:\r\nThird: a b \r\n\r\n${get()}`,
    requests: 2,
  },
  { name: 'an empty chunked body', bytes: `${post('Transfer-Encoding: chunked')}0\r\n\r\n` },
  { name: 'a chunked body on GET', bytes: `${get('Transfer-Encoding: chunked')}1\r\nx\r\n0\r\n\r\n` },
  { name: 'an offer to upgrade', bytes: get('Connection: Upgrade', 'Upgrade: websocket') + get(), requests: 2 },
  { name: 'an expectation', bytes: `${post('Expect: 100-Continue', 'Content-Length: 1')}x` },
  { name: 'an unknown expectation to HTTP/1.0', bytes: head('GET / HTTP/1.0', 'Expect: tea') },
]

/** Refused. */
export const INVALID: readonly Fixture[] = [
  { name: 'a folded field', bytes: get('A: b', ' c'), refused: 'MALFORMED' },
  { name: 'a fold in the first field', bytes: head('GET / HTTP/1.1', ' A: b', 'Host: a'), refused: 'MALFORMED' },
  { name: 'a space before the colon', bytes: get('A : b'), refused: 'MALFORMED' },
  { name: 'a tab before the colon', bytes: get('A\t: b'), refused: 'MALFORMED' },
  { name: 'a field without a colon', bytes: get('Nothing'), refused: 'MALFORMED' },
  { name: 'an empty name', bytes: get(': b'), refused: 'MALFORMED' },
  { name: 'a byte above 0x7F in a name', bytes: get('\xe9: b'), refused: 'MALFORMED' },
  { name: 'bare LF after the request line', bytes: 'GET / HTTP/1.1\nHost: a\n\n', refused: 'MALFORMED' },
  { name: 'bare LF after a field', bytes: 'GET / HTTP/1.1\r\nHost: a\n\r\n', refused: 'MALFORMED' },
  { name: 'bare CR within a value', bytes: get('A: b\rc'), refused: 'MALFORMED' },
  { name: 'NUL within a value', bytes: get('A: b\0c'), refused: 'MALFORMED' },
  { name: 'a control in a value', bytes: get('A: b\x01c'), refused: 'MALFORMED' },
  { name: 'DEL in a value', bytes: get('A: b\x7fc'), refused: 'MALFORMED' },
  { name: 'NUL in the target', bytes: head('GET /\0 HTTP/1.1', 'Host: a'), refused: 'TARGET_CHARACTER' },
  { name: 'a tab in the target', bytes: head('GET /a\tb HTTP/1.1', 'Host: a'), refused: 'TARGET_CHARACTER' },
  {
    name: 'a byte above 0x7F in the target',
    bytes: head('GET /\xe9 HTTP/1.1', 'Host: a'),
    refused: 'TARGET_CHARACTER',
  },
  { name: 'a space in the target', bytes: head('GET /a b HTTP/1.1', 'Host: a'), refused: 'MALFORMED' },
  { name: 'a space after the version', bytes: head('GET / HTTP/1.1 ', 'Host: a'), refused: 'MALFORMED' },
  { name: 'an unknown method', bytes: head('FETCH / HTTP/1.1', 'Host: a'), refused: 'METHOD_UNKNOWN' },
  { name: 'a method in lower case', bytes: head('get / HTTP/1.1', 'Host: a'), refused: 'METHOD_UNKNOWN' },
  {
    name: 'a method that is longer than a known one',
    bytes: head('GETS / HTTP/1.1', 'Host: a'),
    refused: 'METHOD_UNKNOWN',
  },
  { name: 'a method that breaks off', bytes: head('GE / HTTP/1.1', 'Host: a'), refused: 'METHOD_UNKNOWN' },
  { name: 'a space before the method', bytes: ` ${get()}`, refused: 'MALFORMED' },
  { name: 'a tab for a space', bytes: head('GET\t/ HTTP/1.1', 'Host: a'), refused: 'MALFORMED' },
  { name: 'a method of RTSP', bytes: head('FLUSH / HTTP/1.1', 'Host: a'), refused: 'METHOD_UNKNOWN' },
  { name: 'a method without end', bytes: 'A'.repeat(5000), refused: 'METHOD_UNKNOWN' },
  { name: 'the protocol in lower case', bytes: head('GET / http/1.1', 'Host: a'), refused: 'MALFORMED' },
  { name: 'a version of two digits', bytes: head('GET / HTTP/1.10', 'Host: a'), refused: 'MALFORMED' },
  { name: 'a version with a zero before', bytes: head('GET / HTTP/01.1', 'Host: a'), refused: 'VERSION' },
  { name: 'a version without a minor', bytes: head('GET / HTTP/1', 'Host: a'), refused: 'VERSION' },
  { name: 'bare CR after the request line', bytes: 'GET / HTTP/1.1\rHost: a\r\n\r\n', refused: 'MALFORMED' },
  { name: 'CR twice at the end of a line', bytes: 'GET / HTTP/1.1\r\r\nHost: a\r\n\r\n', refused: 'MALFORMED' },
  { name: 'a fold after an empty value', bytes: get('A:', ' b'), refused: 'MALFORMED' },
  { name: 'a fold that holds the coding', bytes: post('Transfer-Encoding:', ' chunked'), refused: 'MALFORMED' },
  { name: 'a fold of blanks', bytes: get('A: b', ' '), refused: 'MALFORMED' },
  { name: 'a length with an underscore', bytes: post('Content-Length: 1_0'), refused: 'LENGTH_INVALID' },
  { name: 'a length in quotes', bytes: post('Content-Length: "1"'), refused: 'LENGTH_INVALID' },
  { name: 'a length with a no-break space', bytes: post('Content-Length: \xa01'), refused: 'LENGTH_INVALID' },
  { name: 'a TLS greeting', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', refused: 'MALFORMED' },
  { name: 'version 1.2', bytes: head('GET / HTTP/1.2', 'Host: a'), refused: 'VERSION' },
  { name: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', refused: 'VERSION' },
  { name: 'two lengths that agree', bytes: post('Content-Length: 1', 'Content-Length: 1'), refused: 'LENGTH_INVALID' },
  { name: 'two lengths that differ', bytes: post('Content-Length: 1', 'Content-Length: 2'), refused: 'LENGTH_INVALID' },
  { name: 'a list of lengths', bytes: post('Content-Length: 1, 1'), refused: 'LENGTH_INVALID' },
  { name: 'a signed length', bytes: post('Content-Length: +1'), refused: 'LENGTH_INVALID' },
  { name: 'a negative length', bytes: post('Content-Length: -1'), refused: 'LENGTH_INVALID' },
  { name: 'a hexadecimal length', bytes: post('Content-Length: 0x1'), refused: 'LENGTH_INVALID' },
  { name: 'a length with a space within', bytes: post('Content-Length: 1 2'), refused: 'LENGTH_INVALID' },
  { name: 'a length with a tab behind it', bytes: post('Content-Length: 1\t'), refused: 'LENGTH_INVALID' },
  { name: 'an empty length', bytes: post('Content-Length:'), refused: 'LENGTH_INVALID' },
  { name: 'a length beyond 64 bits', bytes: post('Content-Length: 99999999999999999999'), refused: 'LENGTH_TOO_LARGE' },
  {
    name: 'a length before a coding',
    bytes: post('Content-Length: 1', 'Transfer-Encoding: chunked'),
    refused: 'FRAMING_CONFLICT',
  },
  {
    name: 'a coding before a length',
    bytes: post('Transfer-Encoding: chunked', 'Content-Length: 1'),
    refused: 'FRAMING_CONFLICT',
  },
  { name: 'chunked not last', bytes: post('Transfer-Encoding: chunked, gzip'), refused: 'CODING_INVALID' },
  { name: 'chunked twice', bytes: post('Transfer-Encoding: chunked, chunked'), refused: 'CODING_INVALID' },
  {
    name: 'chunked in two fields',
    bytes: post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    refused: 'CODING_INVALID',
  },
  { name: 'a coding with a tab behind it', bytes: post('Transfer-Encoding: chunked\t'), refused: 'CODING_INVALID' },
  {
    name: 'a coding with a no-break space before it',
    bytes: post('Transfer-Encoding: \xa0chunked'),
    refused: 'CODING_UNKNOWN',
  },
  // Left to llhttp, the following would pass.
  {
    // Trimmed by us and not by llhttp, it once made the body the next request.
    name: 'a coding with a tab behind it, and an offer to upgrade',
    bytes: post('Connection: Upgrade', 'Upgrade: x', 'Transfer-Encoding: chunked\t'),
    refused: 'CODING_INVALID',
    ours: 'RFC 9112 §6.1: with the offer llhttp sees no body',
  },
  {
    name: 'a coding with a no-break space before it, and an offer to upgrade',
    bytes: post('Connection: Upgrade', 'Upgrade: x', 'Transfer-Encoding: \xa0chunked'),
    refused: 'CODING_UNKNOWN',
    ours: 'RFC 9112 §6.1: with the offer llhttp sees no body',
  },
  {
    name: 'two spaces before the target',
    bytes: head('GET  / HTTP/1.1', 'Host: a'),
    refused: 'MALFORMED',
    ours: 'RFC 9112 §3: one space',
  },
  {
    name: 'two spaces after the target',
    bytes: head('GET /  HTTP/1.1', 'Host: a'),
    refused: 'MALFORMED',
    ours: 'RFC 9112 §3: one space',
  },
  {
    name: 'a request line without a version',
    bytes: 'GET /\r\n\r\n',
    refused: 'MALFORMED',
    ours: 'HTTP/0.9 is not spoken',
  },
  {
    name: 'version 2.0',
    bytes: head('GET / HTTP/2.0', 'Host: a'),
    refused: 'VERSION',
    ours: 'only 1.0 and 1.1 are spoken',
  },
  { name: 'RTSP', bytes: head('PLAY / RTSP/1.0', 'Host: a'), refused: 'MALFORMED', ours: 'another protocol' },
  { name: 'ICE', bytes: head('SOURCE / ICE/1.0', 'Host: a'), refused: 'MALFORMED', ours: 'another protocol' },
  {
    name: 'a fragment',
    bytes: head('GET /a#b HTTP/1.1', 'Host: a'),
    refused: 'TARGET_CHARACTER',
    ours: 'RFC 9112 §3.2: no fragment',
  },
  {
    name: 'an asterisk without OPTIONS',
    bytes: head('GET * HTTP/1.1', 'Host: a'),
    refused: 'TARGET_FORM',
    ours: 'RFC 9112 §3.2.4',
  },
  {
    name: 'another scheme',
    bytes: head('GET ftp://a/ HTTP/1.1', 'Host: a'),
    refused: 'TARGET_FORM',
    ours: 'RFC 9112 §3.2.2: http or https',
  },
  {
    name: 'an absolute form without a host',
    bytes: head('GET http:///x HTTP/1.1', 'Host: a'),
    refused: 'TARGET_FORM',
    ours: 'RFC 9110 §4.2.1',
  },
  {
    name: 'an absolute form with user information',
    bytes: head('GET http://u@a/ HTTP/1.1', 'Host: a'),
    refused: 'TARGET_FORM',
    ours: 'RFC 9110 §4.2.4',
  },
  {
    name: 'CONNECT without a port',
    bytes: head('CONNECT a HTTP/1.1', 'Host: a'),
    refused: 'TARGET_FORM',
    ours: 'RFC 9112 §3.2.3',
  },
  { name: 'no Host', bytes: head('GET / HTTP/1.1', 'A: b'), refused: 'HOST_MISSING', ours: 'RFC 9112 §3.2' },
  { name: 'two Hosts', bytes: get('host: a'), refused: 'HOST_REPEATED', ours: 'RFC 9112 §3.2' },
  {
    name: 'two Hosts to HTTP/1.0',
    bytes: head('GET / HTTP/1.0', 'Host: a', 'Host: a'),
    refused: 'HOST_REPEATED',
    ours: 'RFC 9112 §3.2',
  },
  {
    name: 'a Host with a path',
    bytes: head('GET / HTTP/1.1', 'Host: a/b'),
    refused: 'HOST_INVALID',
    ours: 'RFC 9110 §7.2',
  },
  {
    name: 'a Host with user information',
    bytes: head('GET / HTTP/1.1', 'Host: u@a'),
    refused: 'HOST_INVALID',
    ours: 'RFC 9110 §7.2',
  },
  {
    name: 'a list of Hosts',
    bytes: head('GET / HTTP/1.1', 'Host: a, b'),
    refused: 'HOST_INVALID',
    ours: 'RFC 9110 §7.2',
  },
  {
    name: 'a Host with a port that is none',
    bytes: head('GET / HTTP/1.1', 'Host: a:b'),
    refused: 'HOST_INVALID',
    ours: 'RFC 9110 §7.2',
  },
  {
    name: 'a Host that is a port',
    bytes: head('GET / HTTP/1.1', 'Host: :80'),
    refused: 'HOST_INVALID',
    ours: 'RFC 9110 §4.2.1: no URI has an empty host',
  },
  {
    name: 'an absolute form that is a port',
    bytes: head('GET http://:80/ HTTP/1.1', 'Host: a'),
    refused: 'TARGET_FORM',
    ours: 'RFC 9110 §4.2.1',
  },
  {
    name: 'a port beyond 65535',
    bytes: head('GET / HTTP/1.1', 'Host: a:65536'),
    refused: 'HOST_INVALID',
    ours: 'no such port',
  },
  {
    name: 'brackets around what is no address',
    bytes: head('GET http://[:::]/ HTTP/1.1', 'Host: a'),
    refused: 'TARGET_FORM',
    ours: 'RFC 3986 §3.2.2',
  },
  {
    name: 'a Host with a broken percent-encoding',
    bytes: head('GET / HTTP/1.1', 'Host: %zz'),
    refused: 'HOST_INVALID',
    ours: 'RFC 3986 §2.1',
  },
  {
    name: 'two Hosts joined',
    bytes: head('GET / HTTP/1.1', 'Host: a,b'),
    refused: 'HOST_INVALID',
    ours: 'REQ-10: exactly one',
  },
  {
    name: 'two Content-Types',
    bytes: post('Content-Type: text/plain', 'content-type: text/plain'),
    refused: 'CONTENT_TYPE_REPEATED',
    ours: 'RFC 9110 §5.3',
  },
  {
    name: 'two Authorizations',
    bytes: get('Authorization: Basic YTpi', 'authorization: Basic YTpi'),
    refused: 'AUTHORIZATION_REPEATED',
    ours: 'RFC 9110 §5.3',
  },
  {
    name: 'a tab behind a coding',
    bytes: post('Transfer-Encoding: chunked\t'),
    refused: 'CODING_INVALID',
  },
  {
    name: 'a no-break space behind a coding',
    bytes: post('Transfer-Encoding: chunked\xa0'),
    refused: 'CODING_UNKNOWN',
  },
  {
    name: 'a coding with a parameter',
    bytes: post('Transfer-Encoding: chunked;q=1'),
    refused: 'CODING_UNKNOWN',
  },
  {
    name: 'chunked on HTTP/1.0',
    bytes: head('POST / HTTP/1.0', 'Transfer-Encoding: chunked'),
    refused: 'CODING_ON_HTTP10',
    ours: 'RFC 9112 §6.1',
  },
  { name: 'an empty coding', bytes: post('Transfer-Encoding:'), refused: 'CODING_INVALID', ours: 'RFC 9112 §6.1' },
  {
    name: 'an empty coding in the list',
    bytes: post('Transfer-Encoding: , chunked'),
    refused: 'CODING_INVALID',
    ours: 'RFC 9112 §6.1',
  },
  { name: 'another coding', bytes: post('Transfer-Encoding: gzip'), refused: 'CODING_UNKNOWN' },
  {
    name: 'another coding before chunked',
    bytes: post('Transfer-Encoding: gzip, chunked'),
    refused: 'CODING_UNKNOWN',
    ours: 'RFC 9112 §6.1',
  },
  {
    name: 'a length beyond what can be counted',
    bytes: post('Content-Length: 9007199254740993'),
    refused: 'LENGTH_TOO_LARGE',
    ours: '2^53 bytes',
  },
  { name: 'an unknown expectation', bytes: get('Expect: tea'), refused: 'EXPECTATION', ours: 'RFC 9110 §10.1.1' },
  { name: 'a broken request behind a good one', bytes: `${get()}GET\r\n\r\n`, requests: 2, refused: 'MALFORMED' },
]

const chunked = post('Transfer-Encoding: chunked')

/** Accepted by their heads, broken in their chunked bodies. */
export const BROKEN_BODIES: readonly Fixture[] = [
  { name: 'a size that is no number', bytes: `${chunked}g\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'an empty size', bytes: `${chunked}\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a size with a prefix', bytes: `${chunked}0x5\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a size beyond 64 bits', bytes: `${chunked}11111111111111111\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a negative size', bytes: `${chunked}-5\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a space after the size', bytes: `${chunked}5 \r\nhello\r\n0\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare LF after the size', bytes: `${chunked}5\nhello\r\n0\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare LF after the data', bytes: `${chunked}5\r\nhello\n0\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'data longer than its size', bytes: `${chunked}5\r\nhello!\r\n0\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare CR in an extension', bytes: `${chunked}5;a\rb\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare LF in an extension', bytes: `${chunked}5;a\nb\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare CR after the data', bytes: `${chunked}5\r\nhello\r0\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a sign before the size', bytes: `${chunked}+5\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a space before the size', bytes: `${chunked} 5\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'an underscore in the size', bytes: `${chunked}0_5\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare CR in a quoted extension', bytes: `${chunked}5;a="\r"\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare LF in a quoted extension', bytes: `${chunked}5;a="\n"\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a quoted extension without end', bytes: `${chunked}5;a="b\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'NUL in an extension', bytes: `${chunked}5;a=\0\r\nhello\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare LF after the last chunk', bytes: `${chunked}0\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare LF for the empty line', bytes: `${chunked}0\r\n\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare LF in a trailer', bytes: `${chunked}0\r\nA: b\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'bare CR in a trailer', bytes: `${chunked}0\r\nA: b\rc\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'NUL in a trailer', bytes: `${chunked}0\r\nA: \0\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a folded trailer', bytes: `${chunked}0\r\nA: b\r\n c\r\n\r\n`, refused: 'MALFORMED_BODY' },
  { name: 'a length among the trailers', bytes: `${chunked}0\r\nContent-Length: 5\r\n\r\n`, refused: 'MALFORMED_BODY' },
  {
    name: 'a coding among the trailers',
    bytes: `${chunked}0\r\nTransfer-Encoding: gzip\r\n\r\n`,
    refused: 'MALFORMED_BODY',
  },
  { name: 'a broken trailer', bytes: `${chunked}0\r\nA : b\r\n\r\n`, refused: 'MALFORMED_BODY' },
]
