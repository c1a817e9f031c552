import onHeaders from 'on-headers'

const handlers = {
  '/end': res => res.end('ended'),
  '/write': res => {
    res.write('written')
    res.end(' and ended')
  },
  '/head': res => res.writeHead(203, 'Tea', { 'X-Own': 'given', 'X-Late': 'given' }).end('head'),
  '/pairs': res => res.writeHead(200, ['X-Own', '1', 'X-Own', '2']).end(),
  '/flush': res => {
    res.flushHeaders()
    setImmediate(() => res.end('flushed'))
  },
  '/pipe': (res, req) => req.pipe(res),
}

export const scenario = {
  packages: ['on-headers'],
  frameworks: ['node'],
  build({ log }) {
    return (req, res) => {
      onHeaders(res, function () {
        log.push(`first ${this.statusCode} ${this.headersSent}`)
        this.setHeader('X-Late', 'set')
        if (req.headers['x-change']) this.statusCode = 418
      })
      onHeaders(res, () => log.push(`second ${JSON.stringify(res.getHeaders())}`))
      handlers[req.url](res, req)
    }
  },
  exchanges: [
    ...Object.keys(handlers).map(path => ({ name: path.slice(1), path, logs: 2 })),
    { name: 'another status', path: '/end', headers: { 'X-Change': 'yes' }, logs: 2 },
    { name: 'HEAD', method: 'HEAD', path: '/write', logs: 2 },
    { name: 'POST', method: 'POST', path: '/pipe', body: 'piped', logs: 2 },
  ],
}
