import { float, type Params } from '../../src/core/distribution.js';
import type { SamplerName } from '../../src/library/sampler-functions.js';
import { createStudy } from '../../src/library.js';

export type Size = { readonly trials: number; readonly floats: number };

type Measured = {
  readonly name?: string | undefined;
  /** Of the library that is measured. */
  readonly create?: typeof createStudy;
};

/** Asks and tells in a new study, and returns how long that takes. */
export async function askAndTell(
  sampler: SamplerName,
  storage: string,
  { trials, floats: count }: Size,
  { name = 'speed', create = createStudy }: Measured = {},
) {
  const study = await create({
    name,
    storage,
    direction: 'minimize',
    space: floats(count),
    sampler,
    seed: 1,
  });
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  for (let k = 0; k < trials; k++) {
    const trial = await study.ask();
    await study.tell(trial, squares(trial.params));
  }
  const { user, system } = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - wall) / 1000;
  await study.close();
  return { cpuSeconds: (user + system) / 1e6, wallSeconds };
}

/** Returns the wall time of each ask, in milliseconds. */
export async function timeAsks(
  sampler: SamplerName,
  trials: number,
  create: typeof createStudy,
): Promise<number[]> {
  const study = await create({
    name: 'asks',
    storage: 'memory:',
    direction: 'minimize',
    space: floats(10),
    sampler,
    seed: 1,
  });
  const times: number[] = [];
  for (let k = 0; k < trials; k++) {
    const start = performance.now();
    const trial = await study.ask();
    times.push(performance.now() - start);
    await study.tell(trial, squares(trial.params));
  }
  await study.close();
  return times;
}

/** Returns the mean CPU time of an ask, in milliseconds, for each tenth of the trials. */
export async function timeTenths(sampler: SamplerName, trials: number): Promise<number[]> {
  const study = await createStudy({
    name: 'tenths',
    storage: 'memory:',
    direction: 'minimize',
    space: floats(10),
    sampler,
    seed: 1,
  });
  const means: number[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    let micros = 0;
    for (let k = 0; k < trials / 10; k++) {
      const before = process.cpuUsage();
      const trial = await study.ask();
      const { user, system } = process.cpuUsage(before);
      micros += user + system;
      await study.tell(trial, squares(trial.params));
    }
    means.push(micros / 1000 / (trials / 10));
  }
  await study.close();
  return means;
}

function floats(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, k) => [`x${k}`, float(-5, 5)]));
}

function squares(params: Params): number {
  return Object.values(params).reduce((sum: number, x) => sum + (x as number) * (x as number), 0);
}
