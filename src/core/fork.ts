import type { Attrs, JsonValue } from './trial.js';

/**
 * How a trial began that continues the checkpoint of another one with other parameters. It is kept with the attributes of
 * its configuration.
 */
export type Fork = {
  /** The number of the trial whose checkpoint it continues. */
  readonly parent: number;
  /** The last step of its parent: the steps up to there are its parent's. */
  readonly fromStep: number;
  /** The number of the trial in whose place it runs. */
  readonly replaces: number;
  /** The name of the copy of the checkpoint. */
  readonly copy: string;
  /** How many distinct steps it has of its parent. They are not counted as its own. */
  readonly steps: number;
};

const NAME = 'fork';

/** Returns the attributes of a configuration whose trial begins so. */
export function withFork(fork: Fork): Attrs {
  return { [NAME]: { ...fork } };
}

/** Returns how the trial of a configuration began; null: from the beginning, or the attributes are not of this form. */
export function forkOf(attrs: Attrs): Fork | null {
  const found = attrs[NAME];
  if (!isObject(found)) return null;
  const { parent, fromStep, replaces, copy, steps } = found;
  const isFork = [parent, fromStep, replaces, steps].every(isCount) && typeof copy === 'string';
  return isFork ? ({ parent, fromStep, replaces, copy, steps } as Fork) : null;
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: JsonValue | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
