import type { Application } from '../../../application.ts'
import type { Context } from '../../../context.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { describe, expectEqual, expectThat, fail } from '../../failure.ts'
import { type MiddlewareBench, settle } from '../bench.ts'

export const mid01: readonly ConformanceCase<MiddlewareBench>[] = defineCases('MID-01', {
  'passes startup on and waits for it': bench => expectPassedOn(bench, 'startup'),

  'passes shutdown on and waits for it': bench => expectPassedOn(bench, 'shutdown'),

  'fails to start where the application fails': async bench => {
    const startup = async (): Promise<never> => {
      throw new Error('the application does not start')
    }
    const wrapped = bench.around(applicationWith({ startup }))
    const outcome = await Promise.resolve()
      .then(() => wrapped.startup?.(bench.context))
      .then(
        () => 'started',
        () => 'failed',
      )
    expectEqual(outcome, 'failed', 'startup of the whole')
  },

  'does without hooks that the application does not have': async bench => {
    const wrapped = bench.around(applicationWith({}))
    try {
      await wrapped.startup?.(bench.context)
      await wrapped.shutdown?.(bench.context)
    } catch (error) {
      fail(`it failed around an application without hooks: ${describe(error)}`, { cause: error })
    }
  },

  'gives the application the context that it was given': async bench => {
    const { inner } = await bench.pass({ status: 200, body: 'text' })
    expectThat(inner.context === bench.context, 'the application was called with another context than the server has')
  },
})

/** What hooks an application may have. */
type Hooks = Pick<Application, 'startup' | 'shutdown'>

function applicationWith(hooks: Hooks): Application {
  return Object.assign(() => ({ status: 200 }), hooks)
}

async function expectPassedOn(bench: MiddlewareBench, name: keyof Hooks): Promise<void> {
  const contexts: Context[] = []
  const gate = gateOf()
  const hook = (context: Context): Promise<void> => {
    contexts.push(context)
    return gate.passed
  }
  const other = name === 'startup' ? 'shutdown' : 'startup'
  const wrapped = bench.around(applicationWith({ [name]: hook, [other]: () => {} }))
  if (name === 'shutdown') await wrapped.startup?.(bench.context)
  let isOver = false
  const running = (async () => {
    await wrapped[name]?.(bench.context)
    isOver = true
  })()
  await settle()
  const wasOver = isOver
  gate.open()
  await running
  expectEqual(contexts.length, 1, `calls of ${name} of the application`)
  expectThat(!wasOver, `${name} was over before that of the application was`)
  expectThat(contexts[0] === bench.context, `${name} of the application got another context`)
}

function gateOf(): { readonly passed: Promise<void>; open(): void } {
  let open!: () => void
  const passed = new Promise<void>(resolve => {
    open = resolve
  })
  return { passed, open: () => open() }
}
