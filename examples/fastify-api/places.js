/** A plugin that has something to open and to close, as a database would be: it is there before the first request and goes after the last. */
export async function places(app) {
  const known = new Map([
    ['kyoto', { latitude: 35.0116, longitude: 135.7681 }],
    ['lisbon', { latitude: 38.7223, longitude: -9.1393 }],
    ['nairobi', { latitude: -1.2921, longitude: 36.8219 }],
  ])
  app.decorate('places', known)
  app.addHook('onReady', async () => console.log(`${known.size} places are known`))
  app.addHook('onClose', async () => console.log('The places are closed'))
}

// What it decorates is for the whole application.
places[Symbol.for('skip-override')] = true
