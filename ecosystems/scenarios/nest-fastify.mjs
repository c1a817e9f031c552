import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { teaExchanges, teaModule } from './support/nest-application.mjs'

export const scenario = {
  title: 'NestJS on Fastify',
  packages: ['@nestjs/core', '@nestjs/platform-fastify'],
  frameworks: ['fastify5'],
  async build({ framework, log }) {
    const app = await NestFactory.create(teaModule(log), new FastifyAdapter(framework.module()), { logger: false })
    await app.init()
    return { app: app.getHttpAdapter().getInstance(), close: () => app.close() }
  },
  exchanges: teaExchanges,
}
