import { describe, expect, it } from '@jest/globals'
import { formatDuration, run, StepError } from '../steps.mjs'

const node = (program, options) => run(process.execPath, ['-e', program], options)

describe('a command', () => {
  it('that succeeds gives back what it printed', async () => {
    expect(await node('console.log("out"); console.error("err")')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/out\n[^]*err\n|err\n[^]*out\n/),
    })
  })

  it('that fails says which, how, and what it printed', async () => {
    const failed = node('console.log("the reason"); process.exit(3)')
    await expect(failed).rejects.toThrow(StepError)
    await expect(failed).rejects.toMatchObject({
      message: expect.stringMatching(/^node -e .*: exit code 3$/),
      output: 'the reason\n',
    })
  })

  it('may end with a code that is no failure', async () => {
    expect((await node('process.exit(1)', { accept: [0, 1] })).code).toBe(1)
  })

  it('that was killed says by what', async () => {
    await expect(node('process.kill(process.pid, "SIGKILL")')).rejects.toThrow('ended by SIGKILL')
  })

  it('that does not exist is a failed step', async () => {
    await expect(run('no-such-command-here', [])).rejects.toThrow(StepError)
  })

  it('has nothing to read', async () => {
    const { output } = await node('process.stdin.on("data", () => {}).on("end", () => console.log("ended"))')
    expect(output).toBe('ended\n')
  })
})

it('durations are told in the unit that fits', () => {
  expect([240, 59_900, 61_400, 600_000].map(formatDuration)).toEqual(['0.2 s', '59.9 s', '1 min 1 s', '10 min 0 s'])
})
