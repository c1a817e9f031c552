/** What the shop sells. Prices are in cents for 100 g; `colour` is that of the brewed tea. */
export const catalogue = [
  { id: 'sencha', name: 'Sencha', origin: 'Uji', kind: 'green', price: 1250, colour: '#b9c96a' },
  { id: 'gyokuro', name: 'Gyokuro', origin: 'Yame', kind: 'green', price: 3400, colour: '#8fb14d' },
  { id: 'oolong', name: 'Tie Guan Yin', origin: 'Anxi', kind: 'oolong', price: 1890, colour: '#d9a441' },
  {
    id: 'darjeeling',
    name: 'Darjeeling, first flush',
    origin: 'Kurseong',
    kind: 'black',
    price: 2150,
    colour: '#d98a3d',
  },
  { id: 'assam', name: 'Assam', origin: 'Jorhat', kind: 'black', price: 980, colour: '#9c4a21' },
  { id: 'rooibos', name: 'Rooibos', origin: 'Cederberg', kind: 'herbal', price: 760, colour: '#b5452c' },
]

/** @param {unknown} id */
export function findProduct(id) {
  return catalogue.find(product => product.id === id)
}
