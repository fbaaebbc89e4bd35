// Prints the proposals of every sampler, and the verdicts of every terminator, along fixed searches: one line each, with
// all digits. Two versions of Node that print the same bytes resume each other's studies exactly (scripts/check-node-versions.mjs).

import { source } from './sources.mjs';

const { withDefaults } = await source('core/component-options.ts');
const { categorical, float, int } = await source('core/distribution.ts');
const { makeRng } = await source('core/rng.ts');
const { makeSpace, paramsKey, resolve } = await source('core/space.ts');
const { samplers } = await source('samplers/registry.ts');
const { terminators } = await source('terminators/registry.ts');

const CONFIGURATIONS = 60;
const SEED = 7;

const spaces = {
  floats: [
    { name: 'x', distribution: float(-5, 5), steps: 8 },
    { name: 'rate', distribution: float(1e-6, 1, { log: true }), steps: 8 },
    { name: 'z', distribution: float(0, 1, { step: 0.1 }) },
  ],
  mixed: [
    { name: 'opt', distribution: categorical(['sgd', 'adam', 'rms']) },
    { name: 'rate', distribution: float(1e-5, 1, { log: true }), steps: 4 },
    { name: 'momentum', distribution: float(0, 1), steps: 3, when: { opt: 'sgd' } },
    { name: 'width', distribution: int(8, 512, { log: true }), steps: 4 },
    { name: 'size', distribution: categorical([1, 2, 4]) },
  ],
};

/** Uses only sums and products, so every difference comes from a sampler. */
function objective(params) {
  return Object.values(params).reduce((sum, value, k) => {
    const number = typeof value === 'number' ? value : value.length;
    return sum + (number - k / 4) * (number - k / 4) * (k + 1);
  }, 0);
}

/** Some fail, and some are pruned. */
function outcome(index, params) {
  if (index % 11 === 5) return { state: 'fail', values: null, trialCount: 0 };
  if (index % 7 === 3) return { state: 'pruned', values: [objective(params) + 1], trialCount: 0 };
  return { state: 'complete', values: [objective(params)], trialCount: 1 };
}

for (const [name, params] of Object.entries(spaces)) {
  const space = makeSpace(params);
  for (const entry of samplers) await walk(name, space, entry);
}

async function walk(name, space, entry) {
  const sampler = (await entry.load())(withDefaults(entry.options, {}));
  const judges = await Promise.all(
    terminators.map(async ({ load, options }) => (await load())(withDefaults(options, {}))),
  );
  const configs = [];
  for (let index = 0; index < CONFIGURATIONS; index++) {
    const view = {
      directions: ['minimize'],
      seed: SEED,
      maxSteps: null,
      earlier: null,
      configs: [...configs],
    };
    const proposal = sampler.sample(space, view, { index, rng: makeRng(SEED, 'ask', index) });
    console.log(`${name} ${entry.name} ${index} ${JSON.stringify(proposal)}`);
    if ('exhausted' in proposal) return;
    const { given, params } = resolve(space, (spec) => proposal.params[spec.name]);
    const told = outcome(index, params);
    const trial = { number: index, state: told.state, values: told.values, steps: new Map() };
    configs.push({
      ...told,
      index,
      params,
      key: paramsKey(given),
      std: null,
      violations: [],
      trials: [trial],
      attrs: proposal.attrs ?? {},
    });
  }
  const view = { directions: ['minimize'], seed: SEED, maxSteps: null, earlier: null, configs };
  for (const judge of judges)
    console.log(`${name} ${entry.name} ${judge.decide(space, view, { rng: makeRng(SEED) }).reason}`);
}
