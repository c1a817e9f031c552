import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { teaExchanges, teaModule } from './support/nest-application.mjs'

export const scenario = {
  title: 'NestJS on Express',
  packages: ['@nestjs/core', '@nestjs/platform-express'],
  frameworks: ['express5'],
  async build({ framework, log }) {
    const app = await NestFactory.create(teaModule(log), new ExpressAdapter(framework.module()), { logger: false })
    app.enableCors()
    await app.init()
    return { app: app.getHttpAdapter().getInstance(), close: () => app.close() }
  },
  exchanges: teaExchanges,
}
