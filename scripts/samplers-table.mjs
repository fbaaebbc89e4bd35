// The table of docs/samplers.md that says which sampler was best on which problems, read from what the search bench wrote.
import { readFileSync } from 'node:fs';

const CHECKPOINTS = [25, 50, 100];

/** Returns a table in Markdown: one line for each sampler of hpo. */
export function samplersTable() {
  const file = new URL('../docs/bench/search.json', import.meta.url);
  const { problems, costs, seeds, samplers } = JSON.parse(readFileSync(file, 'utf8')).figures;
  const medians = problems.map(({ problem, runs }) => ({
    problem,
    at: CHECKPOINTS.map((_, k) => new Map(samplers.map((name) => [name, median(runs[name], k)]))),
  }));
  // Several are first where they are equal.
  const firstOn = (name, k) =>
    medians.filter(({ at }) => at[k].get(name) === Math.min(...at[k].values())).map(({ problem }) => problem);
  const rows = samplers.map((name) => {
    const first = CHECKPOINTS.map((_, k) => firstOn(name, k));
    const cost = costs.find((each) => each.name === name).median;
    const counts = first.map(({ length }) => length).join(' / ');
    return `| \`${name}\` | ${counts} | ${first.at(-1).join(', ') || '-'} | ${cost.toPrecision(2)} s |`;
  });
  return [
    `Beside each other on the ${problems.length} problems of [bench/search](bench/search.md) (${seeds.length} seeds, one trial at a time):`,
    '',
    `| Sampler | problems with the lowest median after ${CHECKPOINTS.join(' / ')} trials | after ${CHECKPOINTS.at(-1)} trials on | CPU time of 100 trials |`,
    '|-|-|-|-|',
    ...rows,
  ].join('\n');
}

function median(runs, at) {
  const sorted = runs.map((values) => values[at]).sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
}
