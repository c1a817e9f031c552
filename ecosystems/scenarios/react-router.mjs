// React Router in its framework mode (once Remix): server rendering that streams, loaders, actions, sessions, redirects. Its build is written
// by hand, as its compiler would write it.
import { PassThrough } from 'node:stream'
import { createRequestHandler } from '@react-router/express'
import { createReadableStreamFromReadable } from '@react-router/node'
import { createElement as h, Suspense } from 'react'
import { renderToPipeableStream } from 'react-dom/server'
import { Await, createCookieSessionStorage, data, Outlet, redirect, ServerRouter, useLoaderData } from 'react-router'

const { getSession, commitSession } = createCookieSessionStorage({ cookie: { name: 'tea', secrets: ['s'], path: '/' } })

const root = {
  default: () => h('html', null, h('body', null, h(Outlet))),
  ErrorBoundary: () => h('html', null, h('body', null, 'nowhere')),
}

const tea = {
  async loader({ params, request, context }) {
    if (params.name === 'coffee') throw data('no coffee', { status: 418, headers: { 'X-Thrown': 'yes' } })
    if (params.name === 'old') throw redirect('/tea/new', 301)
    const session = await getSession(request.headers.get('Cookie'))
    session.set('seen', [...(session.get('seen') ?? []), params.name])
    return data(
      { name: params.name, seen: session.get('seen'), query: new URL(request.url).search, from: context.from },
      { headers: { 'Set-Cookie': await commitSession(session) } },
    )
  },
  async action({ request }) {
    const form = await request.formData()
    const file = form.get('file')
    return data({ name: form.get('name'), size: file instanceof File ? file.size : null }, { status: 201 })
  },
  headers: ({ loaderHeaders, actionHeaders, errorHeaders }) => errorHeaders ?? actionHeaders ?? loaderHeaders,
  default: () => h('p', null, JSON.stringify(useLoaderData())),
  ErrorBoundary: () => h('p', null, 'nothing to drink'),
}

const slow = {
  loader: () => ({ late: new Promise(resolve => setTimeout(() => resolve('late'), 30)) }),
  default: () =>
    h(
      Suspense,
      { fallback: h('p', null, 'waiting') },
      h(Await, { resolve: useLoaderData().late }, value => h('p', null, value)),
    ),
}

const plain = {
  loader: ({ request }) =>
    new Response(`plain ${request.method}`, { headers: { 'X-Own': 'ours', 'Set-Cookie': 'a=1' } }),
}

const echo = {
  action: ({ request }) => new Response(request.body, { headers: { 'Content-Type': 'application/octet-stream' } }),
}

const route = (id, path, module) => ({ id, path, parentId: id === 'root' ? undefined : 'root', module })

function buildOf(log) {
  const routes = [
    route('root', '', root),
    route('tea', 'tea/:name', tea),
    route('slow', 'slow', slow),
    route('plain', 'plain', plain),
    route('echo', 'echo', echo),
  ]
  const described = ({ id, path, parentId, module }) => [
    id,
    {
      id,
      path,
      parentId,
      hasLoader: 'loader' in module,
      hasAction: 'action' in module,
      hasErrorBoundary: 'ErrorBoundary' in module,
      module: `/${id}.js`,
    },
  ]
  return {
    basename: '/',
    publicPath: '/',
    assetsBuildDirectory: '',
    isSpaMode: false,
    ssr: true,
    prerender: [],
    future: {},
    routeDiscovery: { mode: 'initial' },
    allowedActionOrigins: false,
    routes: Object.fromEntries(routes.map(one => [one.id, one])),
    assets: {
      entry: { imports: [], module: '/entry.js' },
      routes: Object.fromEntries(routes.map(described)),
      url: '/manifest.js',
      version: '1',
    },
    entry: { module: { default: render, handleError: error => log.push(`error ${error.message ?? error}`) } },
  }
}

function render(request, status, headers, context) {
  return new Promise((resolve, reject) => {
    const { pipe } = renderToPipeableStream(h(ServerRouter, { context, url: request.url }), {
      onShellReady() {
        headers.set('Content-Type', 'text/html')
        const body = new PassThrough()
        resolve(new Response(createReadableStreamFromReadable(body), { headers, status }))
        pipe(body)
      },
      onShellError: reject,
    })
  })
}

export const scenario = {
  title: 'React Router, server rendering',
  packages: ['react-router', '@react-router/express', 'react-dom'],
  frameworks: ['express4', 'express5'],
  cookies: true,
  build({ framework, log }) {
    const app = framework.module()
    const handle = createRequestHandler({
      build: buildOf(log),
      mode: 'production',
      getLoadContext: req => ({ from: req.ip }),
    })
    app.use((req, res, next) => handle(req, res, next))
    return { app }
  },
  exchanges: [
    { name: 'a page', path: '/tea/oolong?a=b' },
    { name: 'another, with the session', path: '/tea/mate' },
    { name: 'HEAD', method: 'HEAD', path: '/tea/oolong' },
    { name: 'a page that streams', path: '/slow' },
    {
      name: 'a form',
      method: 'POST',
      path: '/tea/oolong',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'name=%C3%BC',
    },
    { name: 'data alone', path: '/tea/oolong.data' },
    { name: 'a redirect', path: '/tea/old' },
    { name: 'thrown', path: '/tea/coffee' },
    { name: 'a response of its own', path: '/plain' },
    { name: 'a body that streams through', method: 'POST', path: '/echo', body: 'e'.repeat(300_000), chunks: 20_000 },
    { name: 'not there', path: '/coffee', logs: 1 },
  ],
}
