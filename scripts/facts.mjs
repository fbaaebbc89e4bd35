// The measured facts of the README, read from what the benchmarks and the long proofs wrote. No figure is typed by hand.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../docs/${path}`, import.meta.url), 'utf8');
const figures = (name) => JSON.parse(read(`bench/${name}.json`)).figures;

/** Returns five sentences in Markdown, with links from the root of the repository. */
export function measuredFacts() {
  return [searchFact(), speedFact(), killFact(), pruneFact(), turnaroundFact()];
}

function searchFact() {
  const { summary, rivals } = figures('search');
  const { at } = summary.find(({ sampler }) => sampler === 'auto');
  const { trials, problems, atOrBelow, worse } = at.at(-1);
  const worseOn = new Set(worse.map(({ problem }) => problem)).size;
  // Those that were measured on some of the problems only are in the tables.
  const names = rivals.filter((rival) => rival.problems === problems).map(({ title }) => title);
  const others = [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part).join(' and ');
  return `**Good values in few trials.** After ${trials} trials the median of the default sampler is at or below the best of ${others}, and of what was measured of others, on ${atOrBelow} of ${problems} test problems, and significantly worse than one of them on ${worseOn || 'none'} ([search](docs/bench/search.md)).`;
}

function speedFact() {
  const row = figures('speed').rows.find(({ what, floats }) => what === 'tpe, in memory' && floats === 10);
  const { version, seconds } = row.optuna;
  return `**No time lost between trials.** ${row.trials.toLocaleString('en')} asks and tells of TPE take ${row.wallSeconds.toFixed(2)} s; Optuna ${version} took ${seconds.toFixed(0)} s for the same ([speed](docs/bench/speed.md)).`;
}

function killFact() {
  const { kills, trials, lost, doubled } = JSON.parse(read('reliability.json')).kill;
  return `**Nothing is lost.** ${kills} times \`kill -9\` in ${trials} trials: ${lost} results lost, ${doubled} trials run twice. The same command resumes, and reattaches to trainers that still run ([reliability](docs/reliability.md)).`;
}

function pruneFact() {
  const line = figures('prune').lines.find(({ family, pruner }) => family === 'MNIST' && pruner === 'median');
  return `**Hopeless trials end early.** The median pruner spent ${(100 * line.epochsShare).toFixed(0)}% of the epochs of real MNIST trainings and ${line.regretMedian === 0 ? 'kept the best configuration' : `lost ${line.regretMedian}`} in the median of 20 sweeps ([pruning](docs/bench/prune.md)).`;
}

function turnaroundFact() {
  const { hpo } = figures('orchestrator').turnaround;
  return `**A busy machine.** From the end of a trainer to the start of the next one: ${hpo.medianMs.toFixed(1)} ms, with everything stored on disk in between ([orchestrator](docs/bench/orchestrator.md)).`;
}
