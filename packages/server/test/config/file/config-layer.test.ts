import { describe, expect, it } from '@jest/globals'
import { configLayer } from '../../../src/config/file/config-layer.ts'
import { resolveSettings } from '../../../src/config/resolve.ts'

function read(config: Readonly<Record<string, unknown>>) {
  const { layer, hooks, problems } = configLayer(config, 'kirin.config.ts')
  const resolution = resolveSettings([layer])
  return { ...resolution, hooks, problems: [...problems, ...resolution.problems] }
}

describe('configLayer', () => {
  it('reads each kind of value', () => {
    const { settings, origins, problems } = read({
      $schema: './schema.json',
      app: 'server.js:app',
      bind: 'unix:/run/a.sock',
      certfile: ['a.pem', 'b.pem'],
      workers: 4,
      keepAlive: 0.1 + 0.2,
      limitRequestBody: '10M',
      limitRequestHead: 4096,
      lint: true,
      logLevel: 'critical',
      umask: 0o27,
      forwardedAllowIps: ['10.0.0.0/8', '::1'],
      proxyAllowIps: '10.0.0.0/8, ::1',
      forwarderHeaders: [],
      chdir: undefined,
      pid: null,
    })
    expect(problems).toEqual([])
    expect(settings).toMatchObject({
      app: 'server.js:app',
      bind: [{ type: 'unix', path: '/run/a.sock' }],
      certfile: ['a.pem', 'b.pem'],
      workers: 4,
      keepAlive: 0.3,
      limitRequestBody: 10 * 1024 ** 2,
      limitRequestHead: 4096,
      lint: true,
      logLevel: 'fatal',
      umask: 0o27,
      forwardedAllowIps: ['10.0.0.0/8', '::1'],
      proxyAllowIps: ['10.0.0.0/8', '::1'],
      forwarderHeaders: [],
      chdir: null,
      pid: null,
    })
    expect(origins).toMatchObject({
      workers: 'workers (kirin.config.ts)',
      pid: 'pid (kirin.config.ts)',
      chdir: 'default',
    })
  })

  it.each<[string, unknown, string]>([
    ['backlog', '4', 'got the text "4"'],
    ['workers', 1.5, 'got 1.5'],
    ['workers', Number.NaN, 'got NaN'],
    ['workers', null, 'got null'],
    ['workers', [4], 'got [ 4 ]'],
    ['keepAlive', Number.POSITIVE_INFINITY, 'got Infinity'],
    ['keepAlive', -1, 'got -1'],
    ['lint', 'yes', 'got the text "yes"'],
    ['bind', 8000, 'got 8000'],
    ['bind', ['a:1', { port: 1 }], 'got { port: 1 }'],
    ['chdir', '', 'got ""'],
    ['umask', -1, 'got -1'],
    ['umask', 0o1000, 'got 512'],
    ['limitRequestBody', 2 ** 60, 'got 1152921504606847000'],
    ['name', () => 'x', 'got [Function (anonymous)]'],
  ])('refuses %s: %p', (key, value, got) => {
    const { problems } = read({ [key]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${key}: expected .* \\(kirin\\.config\\.ts\\)$`))
    expect(problems[0]).toContain(got)
  })

  it.each([
    ['wrokers', 'workers'],
    ['max_requests', 'maxRequests'],
    ['max-requests', 'maxRequests'],
    ['on_starting', 'onStarting'],
    ['worker_abort', 'workerAbort'],
    ['whenready', 'whenReady'],
    ['accesslog', 'accessLogfile'],
    ['wsgi_app', 'app'],
    ['pidfile', 'pid'],
  ])('asks whether %s means %s', (key, meant) => {
    expect(read({ [key]: 1 }).problems).toEqual([`${key}: unknown setting; did you mean ${meant}? (kirin.config.ts)`])
  })

  it('tells what has become of a setting of gunicorn’s that is not there', () => {
    expect(read({ threads: 4 }).problems).toEqual([
      'threads: unknown setting; gunicorn’s, without a counterpart here: a worker has one event loop; more workers use more processors (kirin.config.ts)',
    ])
  })

  it('knows no setting by the name of something that every object has', () => {
    expect(read({ constructor: 1, toString: 2 }).problems).toHaveLength(2)
  })

  it('does not let a file say which file is read', () => {
    expect(read({ config: 'other.ts' }).problems).toHaveLength(1)
  })

  it('keeps hooks as they are, and refuses those that cannot be called', () => {
    const onStarting = () => {}
    expect(read({ onStarting, whenReady: undefined }).hooks).toEqual({ onStarting })
    expect(read({ preFork: 'sh -c true' }).problems).toEqual([
      'preFork: expected a function, got string (kirin.config.ts)',
    ])
  })
})
