// The measured facts of the README, read from what the benchmarks and the long proofs wrote. No figure is typed by hand.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../docs/${path}`, import.meta.url), 'utf8');
const figures = (name) => JSON.parse(read(`bench/${name}.json`)).figures;

/** Returns five sentences in Markdown, with links from the root of the repository. */
export function measuredFacts() {
  return [searchFact(), speedFact(), killFact(), pruneFact(), turnaroundFact()];
}

function searchFact() {
  const verdicts = verdictsOfAuto();
  const better = verdicts.filter((verdict) => verdict === 'better').length;
  const worse = verdicts.filter((verdict) => verdict === 'worse').length;
  return `**Better values in fewer trials.** After 100 trials the default sampler is significantly better than Optuna's TPE on ${better} of ${verdicts.length} test problems, and worse on ${worse || 'none'} ([search](docs/bench/search.md)).`;
}

/** Whether `auto` is better than, the same as or worse than Optuna's TPE after 100 trials, by problem. */
export function verdictsOfAuto() {
  const [, against] = /^## Against Optuna's TPE\n(.*?)^## /ms.exec(read('bench/search.md')) ?? [];
  const rows = [...(against ?? '').matchAll(/^\|.*\| +auto \|.*\| +(better|same|worse) \([^|]*\) \|$/gm)];
  if (rows.length < 10) throw new Error('expected the verdicts on auto in docs/bench/search.md');
  return rows.map(([, verdict]) => verdict);
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
