// The entry of a worker process. Started by the master only (ipc/messages.ts says what it is told).

// First of all, before anything else is even loaded: without a listener Node opens its inspector at SIGUSR1, and a terminal
// that is closed tells the whole group (HUP): the master decides what that means.
process.on('SIGUSR1', () => {})
process.on('SIGHUP', () => {})

const { WorkerProcess } = await import('./worker-process.ts')
new WorkerProcess().start()
