import type { ParamSpec, Space } from '../../core/space.js';
import type { Axis } from './axis.js';
import { Candidates } from './candidates.js';
import { layoutOf } from './layout.js';

/** Parameters that are active under the same conditions. */
export type Group = {
  /** Indices in `space.params`. */
  readonly columns: readonly number[];
  readonly candidates: Candidates;
  /** Whether it has all parameters of the space. */
  readonly isWhole: boolean;
};

/** A parameter's group, and its place among the columns of the group. */
export type Member = { readonly group: Group; readonly place: number };

/** Returns the group of each column. Two parameters are in one group if the text of their conditions is the same. */
export function groupsOf(space: Space, axes: readonly Axis[]): readonly Member[] {
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
  const groups = new Map(
    [...together].map(([text, columns]): [string, Group] => [
      text,
      { columns, candidates: candidatesOf(space, axes, columns), isWhole: together.size === 1 },
    ]),
  );
  return signatures.map((text, column) => {
    const group = groups.get(text) as Group;
    return { group, place: group.columns.indexOf(column) };
  });
}

function candidatesOf(space: Space, axes: readonly Axis[], columns: readonly number[]): Candidates {
  const layout = layoutOf(columns.map((column) => axes[column] as Axis));
  return new Candidates(
    layout,
    columns,
    columns.map((column) => space.params[column] as ParamSpec),
  );
}
