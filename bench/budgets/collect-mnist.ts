import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';

/**
 * `npx tsx bench/budgets/collect-mnist.ts`: records learning curves of the built-in trainer on MNIST with hpo, as a table
 * of this bench; about 10 minutes on one core. The losses are those of the validation images after each epoch.
 */
const HPO = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const OUT = fileURLToPath(new URL('./data/mnist.json', import.meta.url));
const CONFIGURATIONS = 120;
const EPOCHS = 27;
const IMAGES = 500;

/** No parameter is conditional, because not every rival knows conditions; adam and rmsprop ignore the momentum. */
const PARAMETERS = {
  'learner.opt': ['sgd', 'adam', 'rmsprop', 'adamw'],
  'learner.step_size': { min: 1e-4, max: 0.3, log: true },
  'learner.momentum': { min: 0, max: 0.95 },
  'learner.weight_decay': { min: 1e-6, max: 0.1, log: true },
  batch_size: { min: 8, max: 128, int: true, log: true },
  'model.dense': { min: 8, max: 128, int: true, log: true },
};

const folder = mkdtempSync(join(tmpdir(), 'hpo-budgets-'));
try {
  writeFileSync(join(folder, 'config.yaml'), `epochs: ${EPOCHS}\ndata: { limit: ${IMAGES} }\n`);
  const sweep = {
    study: 'curves',
    objective: { metric: 'epoch_loss', direction: 'minimize', reduce: 'last' },
    sampler: 'qmc',
    trials: CONFIGURATIONS,
    devices: 'cpu',
    max_concurrent: 1,
    logging: { local: { csv: 'runs.csv', metrics: ['epoch_loss'] } },
    parameters: PARAMETERS,
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'sweep.yaml'), JSON.stringify(sweep));
  const args = ['optimize', '--config', 'config.yaml', '--sweep', 'sweep.yaml', '--seed', '1'];
  await execa(process.execPath, [HPO, ...args], { cwd: folder, stdio: 'inherit', reject: false });
  const curves = readParams().map((params, trial) => ({ params, losses: lossesOf(trial) }));
  const text = `validation losses of ${CONFIGURATIONS} configurations of the built-in trainer on MNIST, ${EPOCHS} epochs of ${IMAGES} images each; a table answers with the nearest configuration`;
  const rows = curves.map((curve) => JSON.stringify(curve)).join(',\n');
  const head = JSON.stringify({ name: 'MNIST', text, epochs: EPOCHS, parameters: PARAMETERS }).slice(0, -1);
  writeFileSync(OUT, `${head},"curves":[\n${rows}\n]}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Returns the parameters of all trials, by trial; four digits are enough for a table that answers with the nearest one. */
function readParams(): Record<string, unknown>[] {
  const text = readFileSync(join(folder, 'runs.csv'), 'utf8');
  const rows = parse(text, { columns: true, cast: (cell, { header }) => (header ? cell : castCell(cell)) });
  const names = Object.keys(PARAMETERS);
  return (rows as Record<string, unknown>[])
    .sort((a, b) => Number(a.trial) - Number(b.trial))
    .map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));
}

function castCell(cell: string): unknown {
  const value = Number(cell);
  return cell === '' || Number.isNaN(value) ? cell : Number(value.toPrecision(4));
}

/** Returns the losses by epoch; NaN (null in JSON) where the trainer reported none, for instance after it diverged. */
function lossesOf(trial: number): number[] {
  const losses = new Array<number>(EPOCHS).fill(Number.NaN);
  const log = join(folder, 'outputs', 'curves', `trial-${String(trial).padStart(5, '0')}.log`);
  for (const [, epoch, loss] of readFileSync(log, 'utf8').matchAll(/^METRIC epoch=(\d+) epoch_loss=(\S+)/gm))
    losses[Number(epoch) - 1] = Number(loss);
  return losses.map((loss) => Number(loss.toPrecision(4)));
}
