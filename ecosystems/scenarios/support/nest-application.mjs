// An application of NestJS without a compiler: decorators are functions.
import 'reflect-metadata'
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { from, map } from 'rxjs'

class Cellar {
  find = name => (name === 'coffee' ? undefined : { name, cups: name.length })
}
Injectable()(Cellar)

class Guard {
  canActivate = context => context.switchToHttp().getRequest().headers.authorization === 'yes'
}

class Wrapping {
  intercept = (_context, next) => next.handle().pipe(map(value => ({ wrapped: value })))
}

class TeaController {
  constructor(cellar) {
    this.cellar = cellar
  }
  one(name, cups) {
    const tea = this.cellar.find(name)
    if (tea === undefined) throw new BadRequestException(`no ${name}`)
    return { ...tea, asked: cups ?? null }
  }
  brew(body) {
    return { brewed: body }
  }
  secret() {
    return 'secret'
  }
  wrapped() {
    return ['tea']
  }
  moved() {}
  file() {
    return new StreamableFile(Buffer.alloc(200_000, 'leaf '), { type: 'text/plain', disposition: 'attachment' })
  }
  events() {
    return from([{ data: { cup: 1 } }, { data: { cup: 2 }, type: 'last' }])
  }
  own(request, response) {
    response.status(202)
    return request.url
  }
  fails() {
    throw new Error('hidden')
  }
}

/** What stands above a method, and above its parameters. */
const decorated = {
  one: [[Get('one/:name')], [Param('name'), Query('cups')]],
  brew: [[Post('brew'), HttpCode(201)], [Body()]],
  secret: [[Get('secret'), UseGuards(Guard)], []],
  wrapped: [[Get('wrapped'), UseInterceptors(Wrapping)], []],
  moved: [[Get('moved'), Redirect('/tea/one/new', 301)], []],
  file: [[Get('file'), Header('X-Leaf', 'green')], []],
  events: [[Sse('events')], []],
  own: [[Get('own')], [Req(), Res({ passthrough: true })]],
  fails: [[Get('fails')], []],
}
const { prototype } = TeaController
for (const [name, [above, parameters]] of Object.entries(decorated)) {
  parameters.forEach((decorate, i) => decorate(prototype, name, i))
  for (const decorate of above.reverse()) decorate(prototype, name, Object.getOwnPropertyDescriptor(prototype, name))
}
Controller('tea')(TeaController)
Reflect.defineMetadata('design:paramtypes', [Cellar], TeaController)

/** The root module. `log` is told of its life. */
export function teaModule(log) {
  class TeaModule {
    onModuleInit = () => log.push('initialised')
    onModuleDestroy = () => log.push('destroyed')
  }
  Module({ controllers: [TeaController], providers: [Cellar] })(TeaModule)
  return TeaModule
}

export const teaExchanges = [
  { name: 'a route', path: '/tea/one/oolong?cups=2' },
  { name: 'an exception', path: '/tea/one/coffee' },
  {
    name: 'a body',
    method: 'POST',
    path: '/tea/brew',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"ü"}',
  },
  {
    name: 'no JSON',
    method: 'POST',
    path: '/tea/brew',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name',
  },
  { name: 'guarded', path: '/tea/secret' },
  { name: 'let through', path: '/tea/secret', headers: { Authorization: 'yes' } },
  { name: 'an interceptor', path: '/tea/wrapped' },
  { name: 'a redirect', path: '/tea/moved' },
  { name: 'a file', path: '/tea/file' },
  { name: 'events', path: '/tea/events', headers: { Accept: 'text/event-stream' } },
  { name: 'the message itself', path: '/tea/own' },
  { name: 'a failure', path: '/tea/fails', fails: true },
  { name: 'not there', path: '/coffee' },
  { name: 'HEAD', method: 'HEAD', path: '/tea/one/oolong' },
]
