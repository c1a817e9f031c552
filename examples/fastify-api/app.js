// Distances on the globe: an ordinary Fastify application with schemas and a plugin. Nothing in here knows about NSGI; `kirin app.js` sees
// that the default export is a Fastify application and puts @nsgi/adapters-fastify around it.
import fastify from 'fastify'
import { places } from './places.js'

const app = fastify()

const latitude = { type: 'number', minimum: -90, maximum: 90 }
const longitude = { type: 'number', minimum: -180, maximum: 180 }
const point = { type: 'object', required: ['latitude', 'longitude'], properties: { latitude, longitude } }

app.register(places)

app.post(
  '/distance',
  {
    schema: {
      body: { type: 'object', required: ['from', 'to'], properties: { from: point, to: point } },
      response: { 200: { type: 'object', properties: { kilometres: { type: 'number' } } } },
    },
  },
  async ({ body }) => ({ kilometres: Math.round(kilometres(body.from, body.to)) }),
)

app.get('/distance/:from/:to', async ({ params }, reply) => {
  const [from, to] = [app.places.get(params.from), app.places.get(params.to)]
  if (from === undefined || to === undefined) return reply.code(404).send({ error: 'No such place' })
  return { kilometres: Math.round(kilometres(from, to)) }
})

const EARTH_RADIUS = 6371

/** The great circle between two points, by the haversine formula. */
function kilometres(from, to) {
  const radians = degrees => (degrees * Math.PI) / 180
  const half = (one, other) => Math.sin(radians(other - one) / 2) ** 2
  const along = Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude))
  const chord = half(from.latitude, to.latitude) + along * half(from.longitude, to.longitude)
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(chord))
}

export default app
