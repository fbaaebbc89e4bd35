import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/**
 * `npx tsx bench/prune/collect-mnist.ts`: records learning curves of the built-in trainer on MNIST with hpo; about 10
 * minutes on two cores. The losses are those of the validation images after each epoch.
 */
const HPO = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const OUT = fileURLToPath(new URL('./data/mnist.json', import.meta.url));
const CONFIGURATIONS = 80;
const EPOCHS = 16;

const SWEEP = `
study: curves
objective: { metric: epoch_loss, direction: minimize, reduce: last }
sampler: random
trials: ${CONFIGURATIONS}
devices: cpu
parameters:
  learner.opt: [sgd, adam, rmsprop]
  learner.step_size: { min: 1e-4, max: 0.3, log: true }
  learner.momentum: { min: 0, max: 0.95, when: { learner.opt: sgd } }
  learner.weight_decay: { min: 0, max: 0.05 }
  batch_size: { min: 16, max: 128, int: true, log: true }
  model.dense: { min: 8, max: 64, int: true, log: true }
`;

const folder = mkdtempSync(join(tmpdir(), 'hpo-curves-'));
try {
  writeFileSync(join(folder, 'config.yaml'), `epochs: ${EPOCHS}\ndata: { limit: 1000 }\n`);
  writeFileSync(join(folder, 'sweep.yaml'), SWEEP);
  const args = ['optimize', '--config', 'config.yaml', '--sweep', 'sweep.yaml', '--seed', '1'];
  await execa(process.execPath, [HPO, ...args], { cwd: folder, stdio: 'inherit', reject: false });
  const curves = Array.from({ length: CONFIGURATIONS }, (_, trial) => curveOf(trial));
  const about = `Validation losses of ${CONFIGURATIONS} random configurations of the built-in trainer on MNIST, ${EPOCHS} epochs of 1,000 images each.`;
  writeFileSync(OUT, `${JSON.stringify({ about, curves })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Returns the losses by epoch; NaN (null in JSON) where the trainer reported none, for instance after it diverged. */
function curveOf(trial: number): number[] {
  const log = readFileSync(
    join(folder, 'outputs', 'curves', `trial-${String(trial).padStart(5, '0')}.log`),
    'utf8',
  );
  const losses = new Array<number>(EPOCHS).fill(Number.NaN);
  for (const [, epoch, loss] of log.matchAll(/^METRIC epoch=(\d+) epoch_loss=(\S+)/gm))
    losses[Number(epoch) - 1] = Number(loss);
  return losses.map((loss) => Number(loss.toPrecision(5)));
}
