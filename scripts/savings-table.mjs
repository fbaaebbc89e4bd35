// What schedulers save, in a table of docs/schedulers.md, read from what the benchmarks wrote. No figure is typed by hand.
import { readFileSync } from 'node:fs';

const figures = (name) =>
  JSON.parse(readFileSync(new URL(`../docs/bench/${name}.json`, import.meta.url), 'utf8')).figures;

/** Returns a table: after which part of the epochs each scheduler is where its sampler alone is with all of them. */
export function savingsTable() {
  const families = figures('budgets');
  const titles = families[0].optimizers.map(({ title }) => title);
  const shown = titles.filter((title) => /^(auto|random) \+ /.test(title));
  const rows = families.map((family) => [family.family, ...shown.map((title) => partOf(family, title))]);
  const header = ['Curves', ...shown.map((title) => `\`${title}\``)];
  return [header, header.map(() => '-'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function partOf({ checkpoints, optimizers }, title) {
  const valuesOf = (name) => optimizers.find((each) => each.title === name)?.values;
  const [ours, alone] = [valuesOf(title), valuesOf(title.replace(/ \+ .*/, ' alone'))];
  if (ours === undefined || alone === undefined) return 'not measured';
  const all = checkpoints.at(-1);
  const at = ours.findIndex(({ median }) => median <= alone.at(-1).median);
  return at < 0 ? 'not at all' : `${Math.round((100 * checkpoints[at]) / all)} %`;
}

/** Returns a sentence on rules that only stop trials, on real trainings. */
export function stoppingText() {
  const lines = figures('prune').lines.filter(({ family }) => family === 'MNIST');
  const shown = lines.filter(({ pruner }) => ['median', 'asha', 'hyperband'].includes(pruner));
  const parts = shown.map(
    ({ pruner, epochsShare, regretMedian }) =>
      `\`${pruner}\` ${Math.round(100 * epochsShare)} % (${regretMedian === 0 ? 'nothing lost' : `loss ${regretMedian.toPrecision(2)} higher`})`,
  );
  return `Rules that only stop trials, in sweeps of real MNIST trainings with random search, spend so much of the epochs of all trials, in the median: ${parts.join(', ')}.`;
}
