/** Where a database is. `name` of a server's database is the same for every URL that leads to it. */
export type DatabasePlace =
  | { readonly kind: 'memory' }
  /** `path` is absolute. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'server'; readonly name: string };

/** Returns a text that distinguishes databases: the path of a file, `:memory:`, or the name of a server's database. */
export function placeText(place: DatabasePlace): string {
  if (place.kind === 'memory') return ':memory:';
  return place.kind === 'file' ? place.path : place.name;
}

/** Returns the path of a database's file; null where there is none. */
export function fileAt(place: DatabasePlace): string | null {
  return place.kind === 'file' ? place.path : null;
}
