// Draws the figures of docs/plots.md from two real sweeps: `node scripts/plot-figures.mjs` after a build.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const OUT = fileURLToPath(new URL('../docs/plots/', import.meta.url));

/** Prints learning curves that depend on the parameters and the seed as those of a small network would. */
const TRAINER = `
const p = JSON.parse(process.env.HPO_PARAMS);
let state = (Number(process.env.HPO_SEED) ^ Math.round(1e6 * (p.dropout + Math.log10(p.lr)))) >>> 0;
const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32 - 0.5; };
const best = { sgd: -1, adam: -3, rmsprop: -2.5 }[p.opt];
let floor = 0.12 + 0.05 * (Math.log10(p.lr) - best) ** 2 + 0.15 * (p.dropout - 0.3) ** 2 + 0.02 * Math.abs(p.layers - 3);
if (p.opt === 'sgd') floor += 0.4 * (p.momentum - 0.9) ** 2;
for (let epoch = 1; epoch <= 20; epoch++) {
  const loss = floor + 2 * Math.exp(-0.2 * (1 + p.layers / 6) * epoch) + 0.03 * random();
  console.log('METRIC epoch=' + epoch + ' loss=' + (p.lr > 0.3 ? 20 * loss : loss));
}
console.log('METRIC size=' + (12 * p.layers + 20 * (1 - p.dropout)) + ' memory=' + 100 * p.layers);
`;
const SPACE = {
  parameters: {
    lr: { min: 1e-5, max: 1, log: true },
    opt: ['sgd', 'adam', 'rmsprop'],
    momentum: { min: 0.5, max: 0.99, when: { opt: 'sgd' } },
    layers: { min: 1, max: 6, int: true },
    dropout: { min: 0, max: 0.6 },
  },
  trainer: { command: [process.execPath, 'train.cjs'] },
  devices: 'cpu',
  max_concurrent: 1,
};
const SWEEPS = {
  one: {
    ...SPACE,
    objective: { metric: 'loss', direction: 'minimize' },
    sampler: 'tpe',
    pruner: 'median',
    trials: 150,
    repeats: 3,
  },
  two: {
    ...SPACE,
    objectives: [
      { metric: 'loss', direction: 'minimize' },
      { metric: 'size', direction: 'minimize' },
    ],
    constraints: ['memory <= 500'],
    sampler: 'nsga2',
    trials: 80,
  },
};

const folder = mkdtempSync(join(tmpdir(), 'hpo-figures-'));
const hpo = (...args) =>
  execFileSync(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
try {
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(folder, 'train.cjs'), TRAINER);
  for (const [study, sweep] of Object.entries(SWEEPS)) {
    writeFileSync(join(folder, `${study}.yaml`), JSON.stringify({ study, ...sweep }));
    hpo('optimize', '--sweep', `${study}.yaml`, '--seed', '1');
    const kinds =
      study === 'two'
        ? ['pareto']
        : ['history', 'curves', 'importance', 'slice', 'contour', 'parallel', 'timeline'];
    for (const kind of kinds) {
      const more = kind === 'curves' ? ['--log-y'] : [];
      hpo('plot', kind, '--study', study, ...more, '--out', join(OUT, `${kind}.svg`));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
