// Which sampler for which search, in a table of docs/samplers.md, read from what the benchmarks wrote. No figure is typed by hand.
import { readFileSync } from 'node:fs';

const figures = (name) =>
  JSON.parse(readFileSync(new URL(`../docs/bench/${name}.json`, import.meta.url), 'utf8')).figures;
const page = (name) => `[${name}](bench/${name}.md)`;

/** Returns the table: a row for each kind of search. */
export function choiceTable() {
  const rows = [
    ['a few values each, all of them wanted', '`grid`', 'every combination once'],
    ['expensive trainings, up to some 300 trials', '`auto`, the default', searchText('auto')],
    ['the same, by one method alone', '`gp`', joined(searchText('gp'), gpTime())],
    [
      'many or fast trials, many parameters, branches (`when`)',
      '`tpe`',
      joined(searchText('tpe'), tpeTime()),
    ],
    ['hundreds of trials, floats that depend on each other', '`cmaes`', joined(lowest('cmaes'), cmaesTime())],
    [
      '[several objectives](pareto.md)',
      '`auto` for two or three, `tpe` for more, `nsga2` for thousands of trials',
      paretoText(),
    ],
    ['many trials at once ([batches](#batches))', '`auto`', batchText()],
    ['you know about where good values are ([priors](#priors))', '`auto`, `tpe`, `random`', priorText()],
    ['you searched something like it before ([transfer](#transfer))', '`auto`, `tpe`', transferText()],
    ['an even picture of the space, or a better baseline than random', '`qmc`', belowRandom('qmc')],
    ['a baseline, or a check that the objective is not noise', '`random`', ''],
  ];
  return [['Your search', 'Sampler', 'Measured'], ['-', '-', '-'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

const joined = (...parts) => parts.filter((part) => part !== '').join('; ');

/** At how many problems a sampler is at or below others, after each number of trials. */
function searchText(sampler) {
  const entries = figures('search').summary.filter((each) => each.sampler === sampler);
  const text = ({ against, at }) => {
    const counts = list(at.map(({ atOrBelow }) => String(atOrBelow)));
    const worse = new Set(at.flatMap((each) => each.worse.map(({ problem }) => problem))).size;
    const trials = list(at.map((each) => String(each.trials)));
    return `at or below ${against.replace('the others', 'the other optimizers')} on ${counts} of ${at[0].problems} problems after ${trials} trials, significantly worse on ${worse || 'none'}`;
  };
  return entries.length === 0 ? '' : `${joined(...entries.map(text))} (${page('search')})`;
}

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

const OURS = ['auto', 'gp', 'tpe', 'cmaes', 'nsga2', 'qmc', 'random'];

/** Medians of all samplers after the last number of trials, problem by problem. */
function finals() {
  return figures('search').problems.map(({ runs }) =>
    Object.fromEntries(
      Object.entries(runs)
        .filter(([name, values]) => OURS.includes(name) && values.length > 0)
        .map(([name, values]) => [name, median(values.map((run) => run.at(-1)))]),
    ),
  );
}

function lowest(sampler) {
  const all = finals().filter((each) => sampler in each);
  const best = all.filter((each) => each[sampler] <= Math.min(...Object.values(each))).length;
  return `after 100 trials the lowest of all samplers here on ${best || 'none'} of ${all.length} problems, so give it more`;
}

function belowRandom(sampler) {
  const all = finals().filter((each) => sampler in each && 'random' in each);
  const below = all.filter((each) => each[sampler] < each.random).length;
  return `below \`random\` on ${below} of ${all.length} problems after 100 trials (${page('search')})`;
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const inMs = (value) => `${Number(value.toPrecision(2))} ms`;

function gpTime() {
  const runs = figures('speed').gpAsksMs;
  if (!runs?.length) return '';
  const [first, last] = [[0, 100], [-100]].map((part) =>
    median(runs.map((asks) => mean(asks.slice(...part)))),
  );
  return `an ask takes ${inMs(first)} over the first 100 trials, ${inMs(last)} over the last of ${runs[0].length} (${page('speed')})`;
}

function tpeTime() {
  const row = figures('speed').rustuna?.at(-1);
  if (!row) return '';
  return `ask and tell take ${inMs((1000 * row.seconds) / row.trials)} over ${row.trials.toLocaleString('en')} trials (${page('speed')})`;
}

function cmaesTime() {
  const tenths = figures('speed').cmaesAskCpuMs;
  return tenths?.length ? `an ask takes ${inMs(tenths.at(-1))} also after thousands (${page('speed')})` : '';
}

/** On how many problems each sampler dominates the most after the last number of trials. */
function paretoText() {
  const problems = Object.values(figures('pareto').runs).map((runs) =>
    Object.entries(runs)
      .filter(([name, areas]) => OURS.includes(name) && areas.length > 0)
      .map(([name, areas]) => ({ name, area: median(areas.map((run) => run.at(-1))) })),
  );
  const names = [...new Set(problems.flatMap((all) => all.map(({ name }) => name)))];
  const wins = (sampler) =>
    problems.filter((all) => {
      const own = all.find(({ name }) => name === sampler);
      return own !== undefined && all.every(({ area }) => own.area >= area);
    }).length;
  const parts = names.map((name) => `\`${name}\` on ${wins(name)}`);
  return `the greatest hypervolume of all samplers here after 100 trials: ${list(parts)} of ${problems.length} problems; \`auto\` proposes what \`gp\` does (${page('pareto')})`;
}

function batchText() {
  const { results } = figures('batches');
  const names = [...new Set(results.map(({ sampler }) => sampler))];
  const parts = names.map((name) => {
    const own = results.filter(({ sampler }) => sampler === name);
    const reached = own.filter(({ batches, single }) => median(batches) <= median(single)).length;
    return `\`${name}\` on ${reached} of ${own.length}`;
  });
  return `96 trials in batches of 16 find what 32 one by one find: ${list(parts)} problems (${page('batches')})`;
}

function priorText() {
  const { checkpoints, results } = figures('priors');
  const kept = results.map(({ expectation, ...rest }) => ({ ...rest, kind: expectation }));
  const at = checkpoints.indexOf(25);
  const parts = samplersOf(kept).map((name) => `\`${name}\` on ${lowerThanNone(kept, name, 'good', at)}`);
  return `a good prior finds more after 25 trials: ${list(parts)} of ${problemsOf(kept)} problems (${page('priors')})`;
}

function transferText() {
  const { checkpoints, results } = figures('transfer');
  const kept = results.map(({ relation, ...rest }) => ({ ...rest, kind: relation }));
  const at = checkpoints.indexOf(25);
  const parts = samplersOf(kept).map((name) => `\`${name}\` on ${lowerThanNone(kept, name, 'related', at)}`);
  return `related studies find more after 25 trials: ${list(parts)} of ${problemsOf(kept)} problems (${page('transfer')})`;
}

const samplersOf = (results) => [...new Set(results.map(({ sampler }) => sampler))];
const problemsOf = (results) => new Set(results.map(({ problem }) => problem)).size;

function lowerThanNone(results, sampler, kind, at) {
  const medianOf = ({ best }) => median(best.map((run) => run[at]));
  return results.filter((each) => {
    if (each.sampler !== sampler || each.kind !== kind) return false;
    const plain = results.find(
      (other) => other.sampler === sampler && other.kind === 'none' && other.problem === each.problem,
    );
    return medianOf(each) < medianOf(plain);
  }).length;
}

function list(parts) {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
