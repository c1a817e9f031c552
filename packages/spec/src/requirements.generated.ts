// Generated from spec/requirements.json by "pnpm --filter @nsgi/spec run requirements". Do not edit.
// biome-ignore-all format: generated, a line for each requirement
import type { Requirement } from './requirement.ts'

/** The id of a requirement of NSGI 1.0. */
export type RequirementId =
  | 'REQ-01'
  | 'REQ-02'
  | 'REQ-03'
  | 'REQ-04'
  | 'REQ-05'
  | 'REQ-06'
  | 'REQ-07'
  | 'REQ-08'
  | 'REQ-09'
  | 'REQ-10'
  | 'REQ-11'
  | 'REQ-12'
  | 'REQ-13'
  | 'REQ-14'
  | 'REQ-15'
  | 'REQ-16'
  | 'REQ-17'
  | 'REQ-18'
  | 'REQ-19'
  | 'REQ-20'
  | 'REQ-21'
  | 'REQ-22'
  | 'REQ-23'
  | 'REQ-24'
  | 'REQ-25'
  | 'REQ-26'
  | 'REQ-27'
  | 'REQ-28'
  | 'REQ-29'
  | 'BOD-01'
  | 'BOD-02'
  | 'BOD-03'
  | 'BOD-04'
  | 'BOD-05'
  | 'BOD-06'
  | 'BOD-07'
  | 'BOD-08'
  | 'BOD-09'
  | 'BOD-10'
  | 'BOD-11'
  | 'BOD-12'
  | 'EXP-01'
  | 'EXP-02'
  | 'EXP-03'
  | 'EXP-04'
  | 'EXP-05'
  | 'END-01'
  | 'END-02'
  | 'END-03'
  | 'END-04'
  | 'END-05'
  | 'END-06'
  | 'END-07'
  | 'END-08'
  | 'END-09'
  | 'END-10'
  | 'RES-01'
  | 'RES-02'
  | 'RES-03'
  | 'RES-04'
  | 'RES-05'
  | 'RES-06'
  | 'RES-07'
  | 'RES-08'
  | 'RES-09'
  | 'RES-10'
  | 'RES-11'
  | 'RES-12'
  | 'RES-13'
  | 'RES-14'
  | 'RES-15'
  | 'RES-16'
  | 'RES-17'
  | 'RES-18'
  | 'RES-19'
  | 'RES-20'
  | 'RES-21'
  | 'RES-22'
  | 'RES-23'
  | 'RES-24'
  | 'RES-25'
  | 'RES-26'
  | 'RES-27'
  | 'RES-28'
  | 'RES-29'
  | 'RES-30'
  | 'RES-31'
  | 'RES-32'
  | 'RES-33'
  | 'RES-34'
  | 'RES-35'
  | 'UPG-01'
  | 'UPG-02'
  | 'UPG-03'
  | 'UPG-04'
  | 'UPG-05'
  | 'TLS-01'
  | 'TLS-02'
  | 'LIF-01'
  | 'LIF-02'
  | 'LIF-03'
  | 'LIF-04'
  | 'LIF-05'
  | 'LIF-06'
  | 'LIF-07'
  | 'LIF-08'
  | 'LIF-09'
  | 'LIF-10'
  | 'LIF-11'
  | 'LIF-12'
  | 'LIF-13'
  | 'APP-01'
  | 'APP-02'
  | 'APP-03'
  | 'APP-04'
  | 'APP-05'
  | 'APP-06'
  | 'APP-07'
  | 'MID-01'
  | 'MID-02'
  | 'MID-03'
  | 'MID-04'
  | 'MID-05'
  | 'MID-06'
  | 'MID-07'
  | 'ADP-01'
  | 'ADP-02'
  | 'ADP-03'
  | 'ADP-04'
  | 'ADP-05'
  | 'ADP-06'
  | 'ADP-07'
  | 'ADP-08'
  | 'ADP-09'
  | 'ADP-10'

/** Every requirement of NSGI 1.0, in the order of the ids. */
export const REQUIREMENTS: readonly Requirement[] = [
  {"id":"REQ-01","role":"server","level":"MUST","feature":"core","text":"A server calls the application exactly once for each valid request, and never for one that it refuses.","reason":"A second call repeats side effects; a call for a refused message is a smuggled request."},
  {"id":"REQ-02","role":"server","level":"MUST","feature":"core","text":"`method` is the method token exactly as received.","reason":"Methods are case-sensitive (RFC 9110 §9.1); folding the case makes another method of it."},
  {"id":"REQ-03","role":"server","level":"MUST","feature":"core","text":"`target` is the request-target exactly as received, in any of its four forms, but for a prefix of the path that a trusted proxy says it took off: a server may put that back.","reason":"Signatures, logs and proxies need the bytes that were signed, sent and asked for."},
  {"id":"REQ-04","role":"server","level":"MUST","feature":"core","text":"`path` is the path of the target as received, neither decoded nor normalised; an absolute-form target without a path has `/`, with OPTIONS and without a query `*`; `OPTIONS *` has `*`, CONNECT `\"\"`.","reason":"Whoever decodes twice, or normalises before a check, opens a way around that check."},
  {"id":"REQ-05","role":"server","level":"MUST","feature":"core","text":"`query` is what follows the first `?` of the target, without it and as received, `\"\"` if there is none.","reason":"Only the application knows how its query is encoded."},
  {"id":"REQ-06","role":"server","level":"MUST","feature":"core","text":"The authority of an absolute-form target wins over the Host field.","reason":"RFC 9112 §3.2.2; where two parties pick different ones, caches are poisoned."},
  {"id":"REQ-07","role":"server","level":"MUST","feature":"core","text":"A server answers 400 to the asterisk form with any method but OPTIONS.","reason":"RFC 9112 §3.2.4."},
  {"id":"REQ-08","role":"server","level":"MUST","feature":"core","text":"A server answers 400 to the authority form with any method but CONNECT, and to CONNECT with any other form.","reason":"RFC 9112 §3.2.3."},
  {"id":"REQ-09","role":"server","level":"MUST","feature":"core","text":"A server answers 400 to a target with a `#`, a control character or a space in it.","reason":"RFC 9112 §3.2; recipients that cut such targets at different places see different requests."},
  {"id":"REQ-10","role":"server","level":"MUST","feature":"core","text":"A server answers 400 to an HTTP/1.1 request without exactly one valid Host field, and does not call the application.","reason":"RFC 9112 §3.2."},
  {"id":"REQ-11","role":"server","level":"MUST","feature":"core","text":"A server answers 400 to a space before the colon of a field, to a bare CR or LF, to NUL and to folded lines.","reason":"RFC 9112 §2.2, §5.1, §5.2; each has been used to smuggle requests."},
  {"id":"REQ-12","role":"server","level":"MUST","feature":"core","text":"A server answers 400 to a message with both Transfer-Encoding and Content-Length.","reason":"RFC 9112 §6.1 permits more; refusing leaves nothing to disagree about."},
  {"id":"REQ-13","role":"server","level":"MUST","feature":"core","text":"A server answers 400 to a Content-Length that is not a decimal number, and to several that differ.","reason":"RFC 9112 §6.3."},
  {"id":"REQ-14","role":"server","level":"MUST","feature":"core","text":"A server answers 400 or 501, and closes the connection, where Transfer-Encoding names a coding that it does not know, does not end in chunked, or comes with HTTP/1.0.","reason":"RFC 9112 §6.1, §6.3: the length of such a message is not known."},
  {"id":"REQ-15","role":"server","level":"MUST","feature":"core","text":"`httpVersion` is the version of the message: `1.0`, `1.1`, `2` or `3`.","reason":"What can be sent (chunks, 1xx, trailers) depends on it."},
  {"id":"REQ-16","role":"server","level":"MUST","feature":"core","text":"`scheme` is that of the last hop, unless a trusted proxy vouches for another.","reason":"Cookies and redirects are made from it."},
  {"id":"REQ-17","role":"server","level":"MUST","feature":"core","text":"A server applies forwarded fields and PROXY headers, to `scheme`, `authority`, `remote`, `mount` or `target`, only when they come from a peer that the operator trusts, and nothing of them that such a peer only passes on.","reason":"Anyone can send them, through a proxy as well."},
  {"id":"REQ-18","role":"server","level":"MUST","feature":"core","text":"`authority` is that of an absolute-form or authority-form target, else the value of Host, else `\"\"`.","reason":"One place to read it, whatever the version and form."},
  {"id":"REQ-19","role":"server","level":"MUST","feature":"core","text":"`headers` is an object without a prototype, from lower-case names to strings.","reason":"Names are case-insensitive; a field called `constructor` is a field."},
  {"id":"REQ-20","role":"server","level":"MUST","feature":"core","text":"The values of a field that came several times are joined in order by a comma and a space, those of `cookie` by a semicolon and a space.","reason":"RFC 9110 §5.2, RFC 9113 §8.2.3."},
  {"id":"REQ-21","role":"server","level":"MUST","feature":"core","text":"Values are without the white space around them, one character (U+0000 to U+00FF) for each byte.","reason":"RFC 9112 §5; bytes survive, and whoever knows the encoding can decode them."},
  {"id":"REQ-22","role":"server","level":"MUST","feature":"core","text":"`rawHeaders` is a flat array of names and values: case, order and duplicates as received, values trimmed.","reason":"Adapters and proxies need what joining loses."},
  {"id":"REQ-23","role":"server","level":"MUST","feature":"core","text":"The fields that frame the message stay visible in `headers` and `rawHeaders`.","reason":"Frameworks test for a body by content-length and transfer-encoding."},
  {"id":"REQ-24","role":"server","level":"MUST","feature":"core","text":"Every member gives the same value at each read; only `trailers` changes, once.","reason":"Applications read members as if they were data."},
  {"id":"REQ-25","role":"server","level":"MUST","feature":"core","text":"Every member works through an object that has the request as its prototype, and shares its state with it.","reason":"That is how middleware changes a request without mutating it."},
  {"id":"REQ-26","role":"server","level":"MUST","feature":"core","text":"A request is extensible; what a server adds to it stands under a symbol or a name with a dot, all other names are reserved.","reason":"A later version can add members without meeting anyone else's."},
  {"id":"REQ-27","role":"server","level":"MUST","feature":"core","text":"`mount` is `\"\"` or begins with a slash and does not end in one, and `mount + path` is the whole path.","reason":"An application that makes links needs to know where it stands."},
  {"id":"REQ-28","role":"server","level":"MUST","feature":"core","text":"`remote` and `local` have an `address` and a `port`; `port` is `null` on a UNIX socket.","reason":"One shape for all transports; 0 would be a port."},
  {"id":"REQ-29","role":"server","level":"MUST","feature":"core","text":"`tls` is `null` on a connection without TLS, else an object with the session's `version`, and `alpn`, `servername` and `peerCertificate`, each `null` where there is none.","reason":"Whether and how the client proved who it is cannot be read from a stub; one name for none, not `false` or `\"\"` or `{}`."},
  {"id":"BOD-01","role":"server","level":"MUST","feature":"core","text":"`body` is `null` when the message has no content: it has neither Transfer-Encoding nor a Content-Length above zero.","reason":"Whether there is a body is known without reading it."},
  {"id":"BOD-02","role":"server","level":"MUST","feature":"core","text":"A body yields non-empty chunks of `Uint8Array`.","reason":"An empty chunk is where loops that test for the end go wrong."},
  {"id":"BOD-03","role":"server","level":"MUST","feature":"core","text":"A server removes transfer codings and leaves content codings alone.","reason":"Content-Encoding belongs to the representation (RFC 9110 §8.4); decoding it unasked is a way to be bombed."},
  {"id":"BOD-04","role":"server","level":"MUST","feature":"core","text":"A second iteration of a body throws.","reason":"Silence would look like an empty body."},
  {"id":"BOD-05","role":"server","level":"MUST","feature":"core","text":"A server reads ahead no more than a bounded number of bytes of a body that nobody reads.","reason":"Else any client can fill the memory."},
  {"id":"BOD-06","role":"server","level":"MUST","feature":"core","text":"Memory that was yielded is never written again by the server.","reason":"Applications keep chunks until they have all of them."},
  {"id":"BOD-07","role":"server","level":"MUST","feature":"core","text":"A body that was cut short or is malformed rejects.","reason":"Half an upload must not be stored as a whole one."},
  {"id":"BOD-08","role":"server","level":"MUST","feature":"core","text":"Ending the iteration early leaves the response intact.","reason":"413 and 401 are sent by applications that stop reading."},
  {"id":"BOD-09","role":"server","level":"MUST","feature":"core","text":"Bytes of a body that nobody reads are never parsed as a request: the server drains them or closes the connection.","reason":"That would be request smuggling."},
  {"id":"BOD-10","role":"server","level":"MUST","feature":"core","text":"`trailers` is `undefined` until the body has been read to its end, then a record like `headers`, empty if there were none or the body is `null`; trailers are never merged into `headers`.","reason":"RFC 9110 §6.5.1: what was checked at the start must not change at the end."},
  {"id":"BOD-11","role":"server","level":"MUST","feature":"stream","text":"A body can be read after the response has begun.","reason":"Without it neither echo nor two-way streams are possible."},
  {"id":"BOD-12","role":"server","level":"MUST","feature":"core","text":"A server that limits the size of a body or the time it takes answers 413 or 408 when a limit is passed before the head was sent, and makes the body reject in any case.","reason":"RFC 9110 §15.5.14, §15.5.9."},
  {"id":"EXP-01","role":"server","level":"MUST","feature":"core","text":"100 Continue is sent at the first read of the body, not before.","reason":"Until then the application may still refuse the body, which is what the client asks."},
  {"id":"EXP-02","role":"server","level":"MUST","feature":"core","text":"100 Continue is sent at most once, and never after the final head.","reason":"After the head it would be read as part of the body."},
  {"id":"EXP-03","role":"server","level":"MUST","feature":"core","text":"100 Continue is never sent to an HTTP/1.0 client.","reason":"RFC 9110 §15.2."},
  {"id":"EXP-04","role":"server","level":"MUST","feature":"core","text":"Where the final response goes out without the body having been asked for, the server closes the connection or reads the body and drops it.","reason":"RFC 9110 §10.1.1: the client may send it or not."},
  {"id":"EXP-05","role":"server","level":"MUST","feature":"core","text":"A server answers 417 to an HTTP/1.1 expectation other than 100-continue.","reason":"RFC 9110 §10.1.1."},
  {"id":"END-01","role":"server","level":"MUST","feature":"core","text":"`signal` aborts when the client is lost before the response completed.","reason":"Work for nobody is stopped."},
  {"id":"END-02","role":"server","level":"MUST","feature":"core","text":"`signal` never aborts after the response succeeded.","reason":"A keep-alive connection that ends later is no failure."},
  {"id":"END-03","role":"server","level":"MUST","feature":"core","text":"A first access to `signal` after the loss finds it aborted.","reason":"It is made lazily; the loss must not fall between."},
  {"id":"END-04","role":"server","level":"MUST","feature":"core","text":"A client that ends its sending side and still receives is not lost.","reason":"TCP has half-close, and command-line clients use it."},
  {"id":"END-05","role":"server","level":"MUST","feature":"core","text":"When a response ends early its parts are told in this order: `signal` aborts, the iterator is returned, `finished` gets the error.","reason":"Each may release what the one before still used."},
  {"id":"END-06","role":"server","level":"MUST","feature":"core","text":"`finished` is called exactly once for each response that the application returned, whatever happens to it.","reason":"Access logs and released resources hang on it."},
  {"id":"END-07","role":"server","level":"MUST","feature":"core","text":"`finished` gets no error only after the last byte reached the transport; in every other case its error is not `undefined`.","reason":"Else success and failure cannot be told apart."},
  {"id":"END-08","role":"server","level":"MUST","feature":"core","text":"A throw in `finished` is contained and logged.","reason":"The response is over: nobody else can deal with it."},
  {"id":"END-09","role":"server","level":"MUST","feature":"core","text":"A body that is not read to its end is closed: `return()` of its iterator is called once, never after it finished, and a Node stream is destroyed.","reason":"Files and cursors are released there, and a stream does not hear `return()` before its first or during a pending `next()`."},
  {"id":"END-10","role":"server","level":"MUST","feature":"core","text":"Neither `return()` nor `finished` waits for a `next()` that does not settle, and nothing waits for `return()`.","reason":"A generator queues `return()` behind a `next()` that may hang for ever."},
  {"id":"RES-01","role":"server","level":"MUST","feature":"core","text":"A server takes a response or a thenable of one; it calls `then` only where that is a function.","reason":"A synchronous response costs no microtask."},
  {"id":"RES-02","role":"server","level":"MUST","feature":"core","text":"What is no valid response is answered with a 500 before any byte of it is sent.","reason":"Half a response cannot be taken back."},
  {"id":"RES-03","role":"server","level":"MUST","feature":"core","text":"`status` is an integer from 200 to 599, or 101 with `upgrade`; anything else is invalid.","reason":"1xx are sent with `inform`; what is above 599 has no class (RFC 9110 §15)."},
  {"id":"RES-04","role":"server","level":"MUST","feature":"core","text":"The kinds of body are tested in this order: `null` or absent, string, `Uint8Array`, asynchronous iterable, iterable; anything else is invalid.","reason":"Strings and byte arrays are iterable too; streams are often both."},
  {"id":"RES-05","role":"server","level":"MUST","feature":"core","text":"Strings in a body are sent as UTF-8.","reason":"One encoding, and no option."},
  {"id":"RES-06","role":"server","level":"MUST","feature":"core","text":"A field name that is not a token in lower case makes the response invalid.","reason":"RFC 9110 §5.1; one spelling on both sides, as in HTTP/2 (RFC 9113 §8.2)."},
  {"id":"RES-07","role":"server","level":"MUST","feature":"core","text":"A field value with CR, LF, NUL or a character above U+00FF, or that is no string, makes the response invalid.","reason":"RFC 9110 §5.5: it would split the response."},
  {"id":"RES-08","role":"server","level":"MUST","feature":"core","text":"The bytes of the head do not depend on the kind of the body.","reason":"Where head and body are joined to one string, latin1 values have turned into UTF-8."},
  {"id":"RES-09","role":"server","level":"MUST","feature":"core","text":"An array is sent as one line for each value, in order.","reason":"Set-Cookie cannot be joined (RFC 9110 §5.3)."},
  {"id":"RES-10","role":"server","level":"MUST","feature":"core","text":"A server never mutates a response.","reason":"Middleware may keep it, and it may be frozen."},
  {"id":"RES-11","role":"server","level":"MUST","feature":"core","text":"A server adds `content-length` for a body that is `null`, a string or a `Uint8Array`, where a response with content is sent.","reason":"The connection stays open, and the client knows the size."},
  {"id":"RES-12","role":"server","level":"MUST","feature":"core","text":"A `content-length` that is not one decimal number, or differs from the size of a body known at once, makes the response invalid.","reason":"It would desynchronise the connection."},
  {"id":"RES-13","role":"server","level":"MUST","feature":"core","text":"A server never sends more body than the declared `content-length`: it stops the body and closes the connection.","reason":"The surplus would be read as the next response."},
  {"id":"RES-14","role":"server","level":"MUST","feature":"core","text":"A body that falls short of its `content-length` closes the connection and counts as failed.","reason":"The client sees the truncation, the application hears of it."},
  {"id":"RES-15","role":"server","level":"MUST","feature":"core","text":"A body of unknown length is chunked on HTTP/1.1 and ended by closing on HTTP/1.0.","reason":"RFC 9112 §6.1, §6.3."},
  {"id":"RES-16","role":"server","level":"MUST","feature":"core","text":"Empty chunks of a body are skipped.","reason":"On the wire an empty chunk is the end (RFC 9112 §7.1)."},
  {"id":"RES-17","role":"server","level":"MUST","feature":"core","text":"The response to HEAD has the head of GET as far as it is known, and no content; its body is closed unread.","reason":"RFC 9110 §9.3.2."},
  {"id":"RES-18","role":"server","level":"MUST","feature":"core","text":"A 204 has neither content nor `content-length` nor `transfer-encoding`; its body is closed unread.","reason":"RFC 9110 §8.6, §15.3.5."},
  {"id":"RES-19","role":"server","level":"MUST","feature":"core","text":"A 304 has no content; its body is closed unread.","reason":"RFC 9110 §15.4.5."},
  {"id":"RES-20","role":"server","level":"MUST","feature":"core","text":"A 205 has no content and says `content-length: 0`; its body is closed unread.","reason":"RFC 9110 §15.3.6."},
  {"id":"RES-21","role":"server","level":"MUST","feature":"core","text":"A server strips the hop-by-hop fields of a response: connection, keep-alive, proxy-connection, te, transfer-encoding, upgrade.","reason":"RFC 9110 §7.6.1: the connection is the server's."},
  {"id":"RES-22","role":"server","level":"MUST","feature":"core","text":"`connection: close` in a response closes the connection after it.","reason":"The one thing about the connection that an application may know better."},
  {"id":"RES-23","role":"server","level":"MUST","feature":"core","text":"A server adds `date` where the response has none.","reason":"RFC 9110 §6.6.1."},
  {"id":"RES-24","role":"server","level":"SHOULD","feature":"core","text":"A server adds no `server` field unless the operator asks for it.","reason":"It helps attackers more than anyone else."},
  {"id":"RES-25","role":"server","level":"MUST","feature":"stream","text":"The head goes out with the first chunk where that settles in the same turn of the event loop, else as soon as `next()` is pending.","reason":"Server-sent events open at once, and small responses stay one packet."},
  {"id":"RES-26","role":"server","level":"MUST","feature":"stream","text":"Each chunk is sent without waiting for the next.","reason":"An event that waits for its successor is late by exactly one."},
  {"id":"RES-27","role":"server","level":"MUST","feature":"stream","text":"At most one `next()` is outstanding.","reason":"Hand-written iterators rarely queue."},
  {"id":"RES-28","role":"server","level":"MUST","feature":"stream","text":"No `next()` is called while the bytes waiting to be sent are above the high-water mark.","reason":"A slow client must cost bounded memory."},
  {"id":"RES-29","role":"server","level":"MUST","feature":"core","text":"Responses on a connection go out in the order of their requests.","reason":"RFC 9112 §9.3.2."},
  {"id":"RES-30","role":"server","level":"MUST","feature":"stream","text":"`trailers` is called after the body has ended and only where the framing permits trailers; names that are forbidden there are dropped.","reason":"RFC 9110 §6.5.1, RFC 9112 §7.1.2."},
  {"id":"RES-31","role":"server","level":"MUST","feature":"core","text":"Where a server offers `inform`, it sends a 1xx other than 101 before the head; after the head and to HTTP/1.0 it does nothing.","reason":"RFC 9110 §15.2, RFC 8297."},
  {"id":"RES-32","role":"server","level":"MUST","feature":"core","text":"A failure before the head is answered with a 500 that tells no detail; the detail goes to the log.","reason":"Stack traces are for the operator."},
  {"id":"RES-33","role":"server","level":"MUST","feature":"core","text":"A failure after the head is visible to the client as a truncation: no last chunk, a connection closed short of the length or reset.","reason":"Half a document must not be cached as a whole one."},
  {"id":"RES-34","role":"server","level":"MUST","feature":"core","text":"A request that fails never stops the server.","reason":"One user's fault is not all users'."},
  {"id":"RES-35","role":"server","level":"MUST","feature":"core","text":"A `reason` that is no reason phrase is replaced or left out; it neither splits the head nor fails the response.","reason":"It is decoration (RFC 9112 §4), often taken from an error's message."},
  {"id":"UPG-01","role":"server","level":"MUST","feature":"upgrade","text":"`request.upgrade` is set only where the client asks for an upgrade and the server can hand the connection over; a 101, or a 2xx to CONNECT, without `request.upgrade` and `response.upgrade` is invalid.","reason":"An offer is a promise."},
  {"id":"UPG-02","role":"server","level":"MUST","feature":"upgrade","text":"The server writes the head, on HTTP/1.1 with the fields that switch the protocol, calls `upgrade` with a Duplex and writes nothing more on that connection.","reason":"The bytes after the head belong to the other protocol."},
  {"id":"UPG-03","role":"server","level":"MUST","feature":"upgrade","text":"Bytes that were received behind the request come first on the readable side.","reason":"Clients do not wait; the first frame is often in the same packet."},
  {"id":"UPG-04","role":"server","level":"MUST","feature":"upgrade","text":"An upgrade that the application does not take is an ordinary exchange.","reason":"RFC 9110 §7.8: a server may ignore it."},
  {"id":"UPG-05","role":"server","level":"MUST","feature":"upgrade","text":"After an upgrade `finished` is called when the socket has closed, with an error if it did not end on both sides.","reason":"The access log and the count of open connections want to know."},
  {"id":"TLS-01","role":"server","level":"MUST","feature":"tls","text":"A server says close_notify before it closes a connection over TLS behind a response that is whole, and says none where one was cut short whose end is that of the connection.","reason":"Without it anybody on the way can cut a body short and nobody notices (RFC 8446 §6.1, RFC 9112 §9.8)."},
  {"id":"TLS-02","role":"server","level":"MUST","feature":"tls","text":"Bytes that are no TLS, handshakes that fail and handshakes that never end reach no application and hold up no other connection.","reason":"A port scanner must not take a site off the net, nor a plain-text client get round what TLS protects."},
  {"id":"LIF-01","role":"server","level":"MUST","feature":"core","text":"`startup` is called and awaited once per worker before that worker accepts a connection.","reason":"No request meets an application that is half ready."},
  {"id":"LIF-02","role":"server","level":"MUST","feature":"core","text":"A worker whose `startup` fails never serves, and ends with a non-zero exit status.","reason":"An application that cannot start must be seen."},
  {"id":"LIF-03","role":"server","level":"MUST","feature":"core","text":"A server does without hooks that are absent.","reason":"Most applications have none."},
  {"id":"LIF-04","role":"server","level":"MUST","feature":"core","text":"`context` is one frozen object per worker, the same in `startup`, in every call and in `shutdown`.","reason":"It can be the key to what the application opened."},
  {"id":"LIF-05","role":"server","level":"MUST","feature":"core","text":"`context.draining` aborts when graceful stop begins.","reason":"Long streams would else hold the worker to its time limit."},
  {"id":"LIF-06","role":"server","level":"MUST","feature":"core","text":"`shutdown` is called and awaited once, after the work in flight or the time limit, and never after a failed `startup`.","reason":"Pools are closed when nobody uses them."},
  {"id":"LIF-07","role":"server","level":"MUST","feature":"prefork","text":"A draining worker stops accepting, closes idle connections and answers what is under way with `connection: close`.","reason":"Clients go elsewhere without losing a request."},
  {"id":"LIF-08","role":"server","level":"MUST","feature":"prefork","text":"`context.worker` is unique among the workers alive at one time.","reason":"Ports, files and metrics are named by it."},
  {"id":"LIF-09","role":"server","level":"MUST","feature":"core","text":"What a server does not offer is absent from the request and from `context.extensions`, never a stub.","reason":"Presence is how it is found out."},
  {"id":"LIF-10","role":"server","level":"MUST","feature":"prefork","text":"A worker that is killed loses only its own requests.","reason":"That is what several processes are for."},
  {"id":"LIF-11","role":"server","level":"MUST","feature":"prefork","text":"The process that looks after the workers answers no client.","reason":"What never reads a client's byte cannot be taken down by one."},
  {"id":"LIF-12","role":"server","level":"MUST","feature":"prefork","text":"A server that offers a reload drops no request over it.","reason":"Deploying is not an outage."},
  {"id":"LIF-13","role":"server","level":"MUST","feature":"core","text":"`context` has the members of §9: `nsgi`, `server`, `worker`, `multiprocess`, `draining`, `log` with its four methods, and `extensions`, which is empty where there are none.","reason":"An application uses them without looking first."},
  {"id":"APP-01","role":"application","level":"MUST","feature":"application","text":"Each call returns a fresh response.","reason":"A shared body can be read once, and `finished` is called for each."},
  {"id":"APP-02","role":"application","level":"MUST","feature":"application","text":"A response has no hop-by-hop fields but `connection: close`.","reason":"They would be stripped; whoever sends them means something else."},
  {"id":"APP-03","role":"application","level":"MUST","feature":"application","text":"A `content-length` equals the number of bytes in the body.","reason":"The server answers 500 or breaks off otherwise."},
  {"id":"APP-04","role":"application","level":"MUST","feature":"application","text":"Bytes that were handed to the server are not changed afterwards.","reason":"They may still be waiting for the client."},
  {"id":"APP-05","role":"application","level":"SHOULD","feature":"application","text":"A response that may last long ends itself when `request.signal` or `context.draining` aborts.","reason":"Else it holds memory for nobody, and a worker from stopping."},
  {"id":"APP-06","role":"application","level":"MUST","feature":"application","text":"`finished` does not throw.","reason":"Nobody is left to tell."},
  {"id":"APP-07","role":"application","level":"MUST","feature":"application","text":"An application checks that `inform`, an upgrade or an extension is there before it uses it.","reason":"Not every server has it."},
  {"id":"MID-01","role":"middleware","level":"MUST","feature":"middleware","text":"A middleware passes `startup` and `shutdown` of the application inside on.","reason":"Else the application never starts."},
  {"id":"MID-02","role":"middleware","level":"MUST","feature":"middleware","text":"A middleware derives requests and responses; it never mutates those that it was given.","reason":"Others hold them too."},
  {"id":"MID-03","role":"middleware","level":"MUST","feature":"middleware","text":"A middleware that discards a response closes its body and calls its `finished` with an error.","reason":"To the application inside, the middleware is the server."},
  {"id":"MID-04","role":"middleware","level":"MUST","feature":"middleware","text":"A middleware that sets `finished` or wraps the body calls the original `finished`, and passes `return()` on.","reason":"The completion of the response must reach its owner."},
  {"id":"MID-05","role":"middleware","level":"MUST","feature":"middleware","text":"A middleware that changes a body changes or drops its `content-length`, and what else was computed from it.","reason":"ETag, Digest and ranges describe the old bytes."},
  {"id":"MID-06","role":"middleware","level":"SHOULD","feature":"middleware","text":"A middleware does not collect a body that is an iterable.","reason":"It would undo streaming and back-pressure."},
  {"id":"MID-07","role":"middleware","level":"MUST","feature":"middleware","text":"Members that a middleware does not know pass through it.","reason":"That is how the interface can grow."},
  {"id":"ADP-01","role":"adapter","level":"MUST","feature":"adapter","text":"`write` returns false while the server does not pull, and `drain` follows when it does.","reason":"Back-pressure has to reach the framework."},
  {"id":"ADP-02","role":"adapter","level":"MUST","feature":"adapter","text":"`finish` comes only on success, `close` always, each once.","reason":"Node's contract; loggers count on it."},
  {"id":"ADP-03","role":"adapter","level":"MUST","feature":"adapter","text":"The loss of the client gives `close` without `finish`.","reason":"That is how frameworks notice."},
  {"id":"ADP-04","role":"adapter","level":"MUST","feature":"adapter","text":"`flushHeaders` sends the head.","reason":"Server-sent events call it."},
  {"id":"ADP-05","role":"adapter","level":"MUST","feature":"adapter","text":"The implicit head goes through `this.writeHead`.","reason":"Libraries patch it to add fields at the last moment."},
  {"id":"ADP-06","role":"adapter","level":"MUST","feature":"adapter","text":"Duplicate request fields follow Node's rules, rebuilt from `rawHeaders`.","reason":"Node's rules differ from the gateway's joining."},
  {"id":"ADP-07","role":"adapter","level":"MUST","feature":"adapter","text":"The objects survive a replacement of their prototype.","reason":"Express does that at every request."},
  {"id":"ADP-08","role":"adapter","level":"MUST","feature":"adapter","text":"An error that the framework does not handle is a 500, or a destroyed response after the head.","reason":"As on the framework's own server."},
  {"id":"ADP-09","role":"adapter","level":"MUST","feature":"adapter","text":"Trailers, early hints and upgrades work through the framework's own calls where it has them.","reason":"An existing application runs unchanged."},
  {"id":"ADP-10","role":"adapter","level":"MUST","feature":"adapter","text":"A synchronous `end(chunk)` becomes a response with a body of one piece.","reason":"The fast path, with a content-length."},
]
