import type { ParamValue } from '../../../core/distribution.js';
import type { StudyStore } from '../store/study-store.js';

/** Returns the parameters of a trial as the columns have them; numbers have single precision there. */
export function paramsOf(store: StudyStore, trial: number): Record<string, ParamValue> {
  const params: Record<string, ParamValue> = {};
  for (const { name, kind } of store.info.peek()?.parameters ?? []) {
    const column = store.columns.columns.get(`param:${name}`);
    const value = column?.values[trial];
    if (!column || value === undefined) continue;
    if (column.dictionary) {
      const choice = column.dictionary[value - 1];
      if (choice !== undefined && !Array.isArray(choice)) params[name] = choice as ParamValue;
    } else if (!Number.isNaN(value)) {
      params[name] = kind === 'int' ? Math.round(value) : Number(value.toPrecision(7));
    }
  }
  return params;
}
