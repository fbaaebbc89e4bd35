import type { ParamValue } from '../core/distribution.js';
import type { Space } from '../core/space.js';

/**
 * Returns the lists of choices of a space that another one does not have in this form, by parameter. Trials may have been stored
 * with other lists: those of a parameter that was taken out of the space in between, too.
 */
export function changedChoices(before: Space | null, now: Space): Record<string, readonly ParamValue[]> {
  const known = new Map(before?.params.map(({ name, distribution: d }) => [name, listText(d)]));
  return Object.fromEntries(
    now.params.flatMap(({ name, distribution: d }) =>
      d.kind === 'categorical' && known.get(name) !== listText(d) ? [[name, d.choices]] : [],
    ),
  );
}

function listText(d: Space['params'][number]['distribution']): string | null {
  return d.kind === 'categorical' ? JSON.stringify(d.choices) : null;
}
