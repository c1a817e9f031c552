// A worker's order from a master of another version: after new files were put in the place of old ones, a reload starts workers of the new
// version under the master of the old one.
import { product } from '../config/product.ts'
import type { BootOrder } from '../ipc/messages.ts'

/** The order with every setting: what its master does not know of has its default. The table of those is loaded for that alone. */
export async function completeOrder(order: BootOrder): Promise<BootOrder> {
  if (order.version === product.version) return order
  const { defaultSettings } = await import('../config/settings.ts')
  return { ...order, settings: { ...defaultSettings, ...order.settings } }
}
