// gunicorn's settings and what becomes of each: for docs/from-gunicorn.md, and for whoever writes one of its names.
import type { Settings } from './settings.ts'

/** One setting of gunicorn 26. */
export interface GunicornSetting {
  /** In its configuration file. */
  readonly name: string
  /** Its options, where they are not those of the setting here. */
  readonly flags?: readonly `-${string}`[]
  /** The setting here, if there is one, or more. */
  readonly keys: readonly (keyof Settings)[]
  /** What differs, or what to do instead. */
  readonly note?: string
}

const one = (name: string, key: keyof Settings, note?: string): GunicornSetting => ({
  name,
  keys: [key],
  ...(note === undefined ? {} : { note }),
})

const none = (name: string, flag: `-${string}` | undefined, note: string): GunicornSetting => ({
  name,
  keys: [],
  note,
  ...(flag === undefined ? {} : { flags: [flag] }),
})

const PYTHON = 'Python’s own'
const NEVER = 'never permitted: what is no HTTP is refused'

/** In the order of gunicorn's documentation. */
export const gunicornSettings: readonly GunicornSetting[] = [
  one('config', 'config', '`kirin.config.{ts,mts,js,mjs,json}`: an unknown key is an error'),
  one('wsgi_app', 'app'),
  one('bind', 'bind', 'the default with `PORT` is the same; `[::]` beside `0.0.0.0` with one port works'),
  one('backlog', 'backlog'),
  one(
    'workers',
    'workers',
    '`auto` follows what the container may use; `workersMin` and `workersMax` let the number follow the load',
  ),
  one(
    'worker_class',
    'workerClass',
    '`async` by default; `sync` has one request at a time in each worker; there are no others',
  ),
  one('worker_connections', 'workerConnections', '10,000: no thread stands behind a connection'),
  one('max_requests', 'maxRequests', 'the successor is ready before the worker goes'),
  one('max_requests_jitter', 'maxRequestsJitter'),
  one(
    'timeout',
    'timeout',
    'a worker whose event loop stands still; a slow request is not: `requestTimeout` is for those, `bootTimeout` for the start',
  ),
  one('graceful_timeout', 'gracefulTimeout'),
  one('keepalive', 'keepAlive', '65 instead of 2: longer than the load balancer in front'),
  none('threads', '--threads', 'a worker has one event loop; more workers use more processors'),
  one('limit_request_line', 'limitRequestLine', '0 (no limit) is not possible'),
  one('limit_request_fields', 'limitRequestFields'),
  one(
    'limit_request_field_size',
    'limitRequestFieldSize',
    '0 (no limit) is not possible; `limitRequestHead` bounds all of them together',
  ),
  one('reload', 'reload', 'the replacement is ready before the old worker goes'),
  none('reload_engine', '--reload-engine', 'the operating system tells'),
  one('reload_extra_files', 'reloadExtraFiles'),
  none('spew', '--spew', `${PYTHON}: node has \`--trace-…\` options and an inspector`),
  one('reuse_port', 'reusePort', 'one socket for each worker, which the master keeps; from Node 22.12 on'),
  one('chdir', 'chdir', 'entered anew at HUP'),
  one('daemon', 'daemon'),
  one('raw_env', 'rawEnv'),
  one('pidfile', 'pid', 'the option is `--pid` in both'),
  none('worker_tmp_dir', '--worker-tmp-dir', 'workers tell of themselves over a pipe, no file is needed'),
  one('user', 'user'),
  one('group', 'group'),
  one('umask', 'umask', 'as inherited by default, not 0'),
  one('initgroups', 'initgroups'),
  none('tmp_upload_dir', undefined, 'bodies are streamed, never stored'),
  one(
    'secure_scheme_headers',
    'secureSchemeHeaders',
    'a list of `name=value` instead of a dictionary; proxies that disagree get a 400',
  ),
  one('forwarded_allow_ips', 'forwardedAllowIps', 'networks, too'),
  one(
    'forwarder_headers',
    'forwarderHeaders',
    '`script_name` as in gunicorn; `x-forwarded-for` gives `request.remote` by default, which gunicorn leaves to the application',
  ),
  none(
    'header_map',
    '--header-map',
    'names with an underscore stay what they are: they cannot be confused with others here',
  ),
  one('root_path', 'rootPath', '`request.mount`; the proxy passes the whole path on'),
  none('pythonpath', '--pythonpath', 'node has no such path'),
  none('paste', '--paste', PYTHON),
  one('proxy_protocol', 'proxyProtocol'),
  { name: 'proxy_allow_ips', flags: ['--proxy-allow-from'], keys: ['proxyAllowIps'] },
  none('strip_header_spaces', '--strip-header-spaces', NEVER),
  none(
    'permit_unconventional_http_method',
    '--permit-unconventional-http-method',
    'methods are tokens of any case, as RFC 9110 has them',
  ),
  none('permit_unconventional_http_version', '--permit-unconventional-http-version', NEVER),
  none('permit_obsolete_folding', '--permit-obsolete-folding', NEVER),
  none('casefold_http_method', '--casefold-http-method', NEVER),
  one('accesslog', 'accessLogfile'),
  none(
    'disable_redirect_access_to_syslog',
    '--disable-redirect-access-to-syslog',
    'the access log goes where it is told to',
  ),
  one('access_log_format', 'accessLogformat', 'every value is escaped; `--log-format json` is there beside it'),
  one('errorlog', 'errorLogfile'),
  one('loglevel', 'logLevel'),
  one('capture_output', 'captureOutput'),
  one('logger_class', 'loggerClass', 'a module that makes a logger'),
  { name: 'logconfig', flags: ['--log-config'], keys: ['logConfig'], note: 'a JSON file of its own form' },
  { name: 'logconfig_json', flags: ['--log-config-json'], keys: ['logConfig'] },
  none('logconfig_dict', undefined, 'a module for `loggerClass` can do whatever that did'),
  one('syslog', 'syslog'),
  { name: 'syslog_addr', flags: ['--log-syslog-to'], keys: ['syslogAddr'] },
  one('syslog_prefix', 'syslogPrefix'),
  one('syslog_facility', 'syslogFacility'),
  one('statsd_host', 'statsdHost'),
  one('statsd_prefix', 'statsdPrefix'),
  one('dogstatsd_tags', 'dogstatsdTags'),
  one('proc_name', 'name'),
  one('control_socket', 'controlSocket', 'off by default; `kirin ctl` speaks to it'),
  none('enable_stdio_inheritance', '--enable-stdio-inheritance', 'always so; `captureOutput` turns it off'),
  one('keyfile', 'keyfile', 'read again at HUP'),
  one('certfile', 'certfile', 'several, chosen by name (SNI); read again at HUP'),
  one('ca_certs', 'caCerts'),
  one('cert_reqs', 'certReqs'),
  one('ciphers', 'ciphers'),
  none('ssl_version', '--ssl-version', 'TLS 1.2 and 1.3'),
  none('suppress_ragged_eofs', '--suppress-ragged-eofs', PYTHON),
  none('do_handshake_on_connect', '--do-handshake-on-connect', PYTHON),
  one('http_protocols', 'httpProtocols', '`h1,h2` by default'),
  one('http2_max_concurrent_streams', 'http2MaxConcurrentStreams'),
  one('http2_initial_window_size', 'http2InitialWindowSize'),
  one('http2_max_frame_size', 'http2MaxFrameSize'),
  one('preload_app', 'preloadApp', 'loads it once in a process of its own, which is thrown away: no memory is shared'),
  none('sendfile', '--no-sendfile', 'responses are streams'),
  none('paste_global_conf', '--paste-global', PYTHON),
  none('asgi_loop', '--asgi-loop', PYTHON),
  none('asgi_lifespan', '--asgi-lifespan', '`startup` and `shutdown` of an application are called when they are there'),
]
