/** Items by what tells them apart, in the order in which each key is first met. `Map.groupBy` comes with Node 21. */
export function grouped<Item>(items: Iterable<Item>, keyOf: (item: Item) => string): Map<string, Item[]> {
  const lots = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const lot = lots.get(key)
    if (lot === undefined) lots.set(key, [item])
    else lot.push(item)
  }
  return lots
}

export function sum<Item>(items: readonly Item[], numberOf: (item: Item) => number): number {
  return items.reduce((whole, item) => whole + numberOf(item), 0)
}

/** How many there are in all. */
export function total(counts: readonly { readonly count: number }[]): number {
  return sum(counts, ({ count }) => count)
}
