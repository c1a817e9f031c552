// The entry of a worker process. Started by the master only (ipc/messages.ts says what it is told).

// First of all, before anything else is even loaded: without a listener Node opens its inspector at SIGUSR1.
process.on('SIGUSR1', () => {})

const { WorkerProcess } = await import('./worker-process.ts')
new WorkerProcess().start()
