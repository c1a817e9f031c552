// A process that runs the built server suite, for one server after another: each message holds the options of a run, and is
// answered with what came of it.
import { runServerSuite } from '../dist/conformance/index.js'

// oxlint-disable-next-line typescript/no-misused-promises -- a rejection ends the process, and so is noticed
process.on('message', async options => {
  const { result, verdicts } = await runServerSuite(options)
  process.send({
    result,
    verdicts: verdicts.map(({ id, outcome, failure }) => ({ id, outcome, message: failure?.message })),
  })
})
