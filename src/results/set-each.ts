type Settable<V> = { set(row: number, value: V | undefined): boolean; resize(length: number): void };

/** Sets a row in every column: also in those for which the row has no value, since it may have had one before. */
export function setEach<V, C extends Settable<V>>(
  { columns, length }: { readonly columns: Map<string, C>; readonly length: number },
  row: number,
  values: Readonly<Record<string, V>>,
  make: () => C,
): boolean {
  let isOther = false;
  for (const name of Object.keys(values)) {
    if (columns.has(name)) continue;
    const column = make();
    column.resize(length);
    columns.set(name, column);
  }
  for (const [name, column] of columns)
    if (column.set(row, Object.hasOwn(values, name) ? values[name] : undefined)) isOther = true;
  return isOther;
}
