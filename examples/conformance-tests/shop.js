// An Express application, as jest/application.test.js looks at it.
import { fromExpress } from '@nsgi/adapters-express'
import express from 'express'

const shop = express()
shop.get('/', (_req, res) => void res.send('tea\n'))
shop.post('/orders', express.json(), (req, res) => void res.status(201).json({ ordered: req.body.tea }))

export default fromExpress(shop)
