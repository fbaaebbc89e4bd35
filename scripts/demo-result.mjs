// Writes the result of docs/trainer.md from cfg/runs.csv, the table of the demo: no figure there is typed by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [head, ...rows] = readFileSync(join(root, 'cfg', 'runs.csv'), 'utf8')
  .trim()
  .split('\r\n')
  .map((line) => line.split(','));
const trials = rows.map((row) => Object.fromEntries(head.map((name, k) => [name, row[k]])));
if (trials.length === 0 || trials.some((trial) => trial.state !== 'COMPLETE'))
  throw new Error('expected a finished demo: run npm start first');

const best = trials.reduce((a, b) => (Number(b.objective) > Number(a.objective) ? b : a));
const from = Math.min(...trials.map((trial) => Date.parse(trial.started_at)));
const to = Math.max(...trials.map((trial) => Date.parse(trial.finished_at)));
const columns = [
  'trial',
  ...head.filter((name) => name.includes('.') || name === 'batch_size'),
  'epoch_loss',
  'epoch_accuracy',
  'duration_s',
];
const top = [...trials].sort((a, b) => Number(b.objective) - Number(a.objective)).slice(0, 5);
const table = [columns, columns.map(() => '-'), ...top.map((trial) => columns.map((name) => trial[name]))];
const text = [
  `The demo ran ${trials.length} configurations in ${Math.round((to - from) / 1000)} s on ${cpus().length} cores (${cpus()[0].model.trim()}, Node ${process.versions.node}, tfjs wasm, no GPU).`,
  `The best reached an epoch_accuracy of ${best.epoch_accuracy} on images it was not trained on. The top of \`cfg/runs.csv\`:`,
  '',
  ...table.map((cells) => `| ${cells.join(' | ')} |`),
].join('\n');

const page = join(root, 'docs', 'trainer.md');
const [before, rest] = readFileSync(page, 'utf8').split(/(?<=<!-- result:begin .*-->\n)/);
const after = rest.slice(rest.indexOf('<!-- result:end -->'));
writeFileSync(page, `${before}\n${text}\n\n${after}`);
