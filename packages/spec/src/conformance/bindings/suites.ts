// Each suite as the tests of a framework. The whole suite runs first, cases side by side where they may, and the tests are made of
// its verdicts: a skip is then known before its test is made (jest cannot skip a test that runs), nothing depends on a
// framework's time-outs, and the runner need not know that there are frameworks.
import type { Application } from '../../application.ts'
import { type AdapterFixture, type AdapterSuiteOptions, runAdapterSuite } from '../adapter/index.ts'
import { type ApplicationSuiteOptions, runApplicationSuite } from '../application/index.ts'
import { type MiddlewareSuiteOptions, type MiddlewareUnderTest, runMiddlewareSuite } from '../middleware/index.ts'
import { runServerSuite, type ServerSuiteOptions } from '../server/suite.ts'
import { defineTests, type TestFramework } from './define-tests.ts'

/**
 * Runs the server suite, then makes a test of each case. To be awaited at the top of a test file:
 *
 *     await defineServerTests({ describe, it }, { command: 'node server.js {app} {port}' })
 *
 * Rejects where no case was chosen; a server that does not start fails each test.
 */
export async function defineServerTests(framework: TestFramework, options: ServerSuiteOptions): Promise<void> {
  defineTests(framework, await runServerSuite(options))
}

/** What is tested by {@link defineApplicationTests}, with the options of its suite. */
export interface ApplicationTestOptions extends ApplicationSuiteOptions {
  readonly application: Application
}

/** Runs the application suite, then makes a test of each case. To be awaited at the top of a test file. */
export async function defineApplicationTests(
  framework: TestFramework,
  { application, ...options }: ApplicationTestOptions,
): Promise<void> {
  defineTests(framework, await runApplicationSuite(application, options))
}

/** What is tested by {@link defineMiddlewareTests}, with the options of its suite. */
export interface MiddlewareTestOptions extends MiddlewareSuiteOptions {
  readonly middleware: MiddlewareUnderTest
}

/** Runs the middleware suite, then makes a test of each case. To be awaited at the top of a test file. */
export async function defineMiddlewareTests(
  framework: TestFramework,
  { middleware, ...options }: MiddlewareTestOptions,
): Promise<void> {
  defineTests(framework, await runMiddlewareSuite(middleware, options))
}

/** What is tested by {@link defineAdapterTests}, with the options of its suite. */
export interface AdapterTestOptions extends AdapterSuiteOptions {
  readonly fixture: AdapterFixture
}

/** Runs the adapter suite, then makes a test of each case. To be awaited at the top of a test file. */
export async function defineAdapterTests(
  framework: TestFramework,
  { fixture, ...options }: AdapterTestOptions,
): Promise<void> {
  defineTests(framework, await runAdapterSuite(fixture, options))
}
