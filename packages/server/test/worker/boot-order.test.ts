import { describe, expect, it } from '@jest/globals'
import { product } from '../../src/config/product.ts'
import { defaultSettings, type Settings } from '../../src/config/settings.ts'
import type { BootOrder } from '../../src/ipc/messages.ts'
import { completeOrder } from '../../src/worker/boot-order.ts'

const orderOf = (version: string | undefined, settings: Partial<Settings>): BootOrder => ({
  version,
  slot: 0,
  title: 'kirin: worker',
  application: 'app.js',
  descriptors: [],
  settings: settings as Settings,
  tls: null,
})

describe('an order', () => {
  it('of a master of another version has the defaults of what that does not know of', async () => {
    for (const version of [undefined, '0.0.1-other']) {
      const { settings } = await completeOrder(orderOf(version, { workers: 7 }))
      expect(settings).toEqual({ ...defaultSettings, workers: 7 })
    }
  })

  it('of a master of this version is taken as it is', async () => {
    const order = orderOf(product.version, { workers: 7 })
    expect(await completeOrder(order)).toBe(order)
  })
})
