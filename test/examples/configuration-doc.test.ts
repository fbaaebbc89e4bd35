import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadSweep } from '../../src/config/load.js';
import { PARAMETER_KEYS } from '../../src/config/parameter-schema.js';
import { runConfigSchema } from '../../src/config/run-config.js';
import { sweepSchema } from '../../src/config/sweep-schema.js';
import { PLACEHOLDERS } from '../../src/config/trainer-spec.js';
import { planGrid } from '../../src/core/grid-plan.js';
import { TOKEN_VARIABLE, trainerEnv } from '../../src/executors/local/env.js';
import { pruners } from '../../src/pruners/registry.js';
import { samplers } from '../../src/samplers/registry.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'configuration.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'hpo-configuration-doc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the page writes as code within its prose and tables. */
const code = [...page.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(
  ([, text]) => text as string,
);
const isNamed = (name: string) =>
  code.some((text) => new RegExp(`(?<![\\w.])${name.replaceAll('.', '\\.')}(?!\\w)`).test(text));
const missing = (names: readonly string[]) => names.filter((name) => !isNamed(name));

test('docs/configuration.md names every key of both files', () => {
  const { objective: _, trainer: __, logging: ___, ...plain } = sweepSchema.shape;
  const nested = [
    ...['metric', 'direction', 'reduce'].map((key) => `objective.${key}`),
    ...['metrics', 'csv', 'events'].map((key) => `logging.local.${key}`),
    'logging.wandb',
  ];
  const dotted = Object.entries(runConfigSchema.parse({})).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? Object.keys(value).map((inner) => `${key}.${inner}`)
      : [key],
  );
  expect(dotted).toContain('learner.step_size');
  expect(missing(['learner.step', 'nonsense'])).toEqual(['learner.step', 'nonsense']);
  expect(missing([...Object.keys(plain), ...nested, ...dotted, ...PARAMETER_KEYS, 'extends'])).toEqual([]);
});

test('docs/configuration.md names every sampler and pruner with its options', () => {
  const names = [...samplers, ...pruners].flatMap(({ name, options }) => [name, ...Object.keys(options)]);
  expect(missing(names)).toEqual([]);
});

test('docs/configuration.md names every placeholder and every variable that a trainer gets', () => {
  const slot = {
    id: 0,
    device: '0',
    env: { CUDA_VISIBLE_DEVICES: 'GPU-1', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' },
  };
  const attempt = { study: 's', trial: 0, token: 't', params: {}, seed: 0, slot, targetStep: null };
  const env = trainerEnv({
    attempt,
    configFile: 'c',
    paramsFile: 'p',
    trialDir: 'd',
    checkpointDir: 'e',
    trainerEnv: {},
    ompThreads: 1,
    inherited: {},
  });
  // The token is how hpo knows its processes, and nobody else's business.
  const variables = Object.keys(env).filter((name) => name !== TOKEN_VARIABLE);
  expect(missing([...variables, 'OMP_NUM_THREADS'])).toEqual([]);
  for (const name of PLACEHOLDERS) expect(page).toContain(`\`\${${name}}\``);
});

test('the examples of docs/configuration.md make a sweep file that loads', async () => {
  const isAlone = (block: string) => block.startsWith('# a sweep of its own');
  const all = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text as string);
  const blocks = all.filter((block) => !isAlone(block));
  const keys = [
    'repeats',
    'pruner',
    'parameters',
    'constraints',
    'constraints',
    'initial_points',
    'trainer',
    'devices',
  ];
  expect(blocks.map((block) => block.split(':')[0])).toEqual(keys);
  // Both lists of constraints as one.
  const whole = blocks.join('').replace(/^(constraints:\n(?: {2}.*\n)+)constraints:\n/m, '$1');
  mkdirSync(join(folder, 'cfg'));
  mkdirSync(join(folder, 'my-project'));
  const file = join(folder, 'cfg', 'sweep.yaml');
  writeFileSync(file, `objective: {metric: loss, direction: minimize}\n${whole}`);
  const { spec, run } = await loadSweep({ sweepFile: file });
  expect(run.minFreeMemoryBytes).toBe(4 * 2 ** 30);
  expect(spec.race).toBe(5);
  expect([spec.metricConstraints.length, spec.initialPoints.length]).toEqual([2, 2]);
  expect(spec.pruner.options.around).toMatchObject({ name: 'median' });
  expect(spec.space.params.map(({ name }) => name)).toEqual([
    'learner.opt',
    'learner.step_size',
    'dropout',
    'layers',
    'learner.momentum',
    'model.filters',
    'size',
  ]);
  // Of the ranges only step_size has no end of values.
  const finite = spec.space.params.map((param) =>
    param.name === 'learner.step_size' ? { ...param, steps: 2 } : param,
  );
  // 2 step sizes, 6 dropouts, 4 layers, 2 filters, 3 sizes: adam once, sgd with 2 momenta; forbidden: sgd with step size 0.1.
  const plan = planGrid({ ...spec.space, params: finite });
  expect(plan.points).toHaveLength(3 * (2 * 6 * 4 * 2 + 1 * 6 * 4 * 2 * 2));
});

test('the constraints between parameters of docs/configuration.md are those that its comments say', async () => {
  const [block] = [...page.matchAll(/^```yaml\n(# a sweep of its own\n.*?)^```$/gms)].map(([, text]) => text);
  const file = join(folder, 'alone.yaml');
  writeFileSync(
    file,
    `objective: {metric: loss, direction: minimize}\ntrainer: {command: [node, train.mjs]}\n${block}`,
  );
  const { points } = planGrid((await loadSweep({ sweepFile: file })).spec.space);
  const ten = Array.from({ length: 10 }, (_, i) => i + 1);
  const wanted = ten.flatMap((m) => ten.flatMap((n) => ten.map((k) => ({ m, n, k }))));
  expect(points.map(({ params }) => params)).toEqual(
    wanted.filter(({ m, n, k }) => n >= m && m + n + k <= 18 && m * k >= 4),
  );
});
