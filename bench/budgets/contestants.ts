import { type RegistryEntry, withDefaults } from '../../src/core/component-options.js';
import { pruners } from '../../src/pruners/registry.js';
import { samplers } from '../../src/samplers/registry.js';
import { schedulers } from '../../src/schedulers/registry.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';
import { stopping } from './schedule.js';
import type { Search, Searcher } from './searcher.js';
import { simulate } from './simulate.js';
import { hashSources } from './source-hash.js';

/** One of this project's samplers with one of its schedulers; null: every trial trains in full. */
export type Contestant = Searcher & {
  readonly sampler: string;
  readonly scheduler: string | null;
  readonly load: () => Promise<Search>;
};

const contestant = (sampler: string, scheduler: string | null): Contestant => ({
  name: `${sampler}+${scheduler ?? 'none'}`,
  title: scheduler === null ? `${sampler} alone` : `${sampler} + ${scheduler}`,
  revision: revisionOf(scheduler),
  pass: scheduler === null || scheduler === 'auto' ? 0 : 1,
  sampler,
  scheduler,
  load: async () => {
    const parts = {
      sampler: await loadEntry(samplers, sampler),
      scheduler: scheduler === null ? null : await loadScheduler(scheduler),
    };
    return async (table, seed, budget) =>
      (await simulate(table, { ...parts, seed, budget, resumable: true })).best;
  },
});

/** What the others are measured against. */
export const ALONE = contestant('auto', null);

export const CONTESTANTS: readonly Contestant[] = [
  ...schedulers.map(({ name }) => contestant('auto', name)),
  contestant('auto', 'median'),
  ALONE,
  contestant('tpe', null),
  contestant('random', 'asha'),
  contestant('random', null),
];

/** The one that is to be the best: `auto` with the scheduler `auto`, or alone while there is none. */
export const FAVORITE: Contestant =
  CONTESTANTS.find(({ sampler, scheduler }) => sampler === 'auto' && scheduler === 'auto') ?? ALONE;

/** gp sees forecasts of unfinished trials, and there are none where every trial trains in full. */
function revisionOf(scheduler: string | null): string {
  const alone = ['core', 'samplers'];
  if (scheduler === null) return hashSources(alone);
  const simple = [...alone, 'pruners', 'curves', 'schedulers/*'];
  return hashSources(scheduler === 'auto' ? [...simple, 'schedulers'] : simple);
}

async function loadScheduler(name: string): Promise<Scheduler> {
  if (schedulers.some((entry) => entry.name === name)) return loadEntry(schedulers, name);
  return stopping(await loadEntry(pruners, name));
}

async function loadEntry<T>(entries: readonly RegistryEntry<T>[], name: string): Promise<T> {
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) throw new Error(`expected a registered name, got ${name}`);
  return (await entry.load())(withDefaults(entry.options, {}));
}
