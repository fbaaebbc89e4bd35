import type { ParamSpec, Space } from '../../core/space.js';

/** Columns (indices in `space.params`) of parameters that are active under the same conditions. */
export type Group = { readonly columns: readonly number[] };

/** Returns the group of each column. Two parameters are in one group if the text of their conditions is the same. */
export function groupsOf(space: Space): readonly Group[] {
  const sets = space.constraints.filter((c) => c.kind === 'set');
  const signature = (spec: ParamSpec) =>
    JSON.stringify([
      spec.when ?? null,
      sets.filter((c) => Object.hasOwn(c.set, spec.name)).map((c) => c.when),
    ]);
  const together = new Map<string, number[]>();
  const signatures = space.params.map(signature);
  for (const [column, text] of signatures.entries()) {
    const columns = together.get(text);
    if (columns) columns.push(column);
    else together.set(text, [column]);
  }
  const groups = new Map([...together].map(([text, columns]) => [text, { columns }]));
  return signatures.map((text) => groups.get(text) as Group);
}
