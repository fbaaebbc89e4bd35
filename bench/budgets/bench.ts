import type { Bench, Section } from '../bench.js';
import {
  common,
  compare,
  epochsTo,
  type Runs,
  type Summary,
  summarize,
  valuesAt,
  verdictOf,
} from './comparison.js';
import { ALONE, CONTESTANTS, FAVORITE } from './contestants.js';
import { keptRuns, measure } from './measure.js';
import { checkpointsOf, makePlan } from './plan.js';
import { RIVALS } from './rivals.js';
import type { Searcher } from './searcher.js';
import type { Family } from './table.js';
import { triedSection } from './tried.js';

/** What one searcher reached on one family. */
type Line = { readonly searcher: Searcher; readonly runs: Runs };
type Measured = { readonly family: Family; readonly lines: readonly Line[] };

/** Measures the best full training against epochs spent, on learning curves, beside other optimizers. */
export const benchBudgets: Bench = async ({ quick, say, flags, values }) => {
  const seeds = quick ? 3 : Number(values.get('--seeds') ?? 20);
  const plan = makePlan(values.get('--table'), seeds);
  if (!flags.has('--kept')) await measure(plan, quick ? [0] : [0, 1, 2], say);
  const measured = plan.families.map(
    (family): Measured => ({
      family,
      lines: [...CONTESTANTS, ...RIVALS]
        .map((searcher) => ({ searcher, runs: keptRuns(plan, family, searcher) }))
        .filter(({ runs }) => runs.some((run) => run !== null)),
    }),
  );
  return {
    title: 'The best full training for a budget of epochs',
    intro: `The lowest loss at the end of a full training against the epochs spent on all trainings, on learning curves: medians over at most ${seeds} seeds (each table tells how many were measured), lower is better. A trial that is resumed pays only for its new epochs; one slot; every optimizer has its default settings, and no trial is pruned at its last epoch. A seed of a synthetic family is an instance of its own, the same for every optimizer; on measured curves it only determines the search. Other optimizers see the same curves; on a table with divergences those without a word for them see the worst loss so far.`,
    sections: [
      summarySection(measured),
      shareSection(measured),
      triedSection,
      ...measured.map(familySection),
    ],
    figures: measured.map(figuresOf),
  };
};

const runsOf = ({ lines }: Measured, searcher: Searcher): Runs =>
  lines.find((line) => line.searcher === searcher)?.runs ?? [];

/** With fewer seeds a median says too little. */
const LEAST_SEEDS = 5;

/** Returns the rival with the lowest median after an epoch; null without rivals. */
function bestRival({ lines }: Measured, epoch: number): Line | null {
  const values = ({ runs }: Line) => valuesAt(runs, epoch);
  const middle = (line: Line) => summarize(values(line)).median;
  return lines
    .filter((line) => RIVALS.includes(line.searcher) && values(line).length >= LEAST_SEEDS)
    .reduce<Line | null>((best, line) => (best === null || middle(line) < middle(best) ? line : best), null);
}

function summarySection(measured: readonly Measured[]): Section {
  const pairs = measured.flatMap((each) =>
    checkpointsOf(each.family).epochs.flatMap((epoch) => pairAt(each, epoch) ?? []),
  );
  const behind = pairs.filter(({ our, their }) => our > their).length;
  const worse = pairs.filter(({ difference }) => verdictOf(difference) === 'worse').length;
  return {
    title: `${FAVORITE.title} beside the best of the others`,
    text: `The median of ${FAVORITE.title} is above that of the best of the others in ${behind} of ${pairs.length} rows, and the difference is significant in ${worse} of them. The best of the others is the one with the lowest median there, and may be another one in every row; one with fewer than ${LEAST_SEEDS} seeds does not count. The verdicts are signed-rank tests, paired by seed, two-sided at 5 %; medians and tests use the seeds that both were measured with. With five seeds no difference can be significant.`,
    header: [
      'curves',
      'epochs',
      FAVORITE.title,
      'best of the others',
      'median',
      'ours is',
      'at or below',
      'seeds',
    ],
    rows: pairs.map(({ family, epoch, rival, our, their, difference, seeds }) => [
      family.name,
      String(epoch),
      short(our),
      rival.title,
      short(their),
      `${verdictOf(difference)} (p ${(2 * Math.min(difference.worse, difference.better, 0.5)).toPrecision(2)})`,
      our <= their ? 'yes' : '**no**',
      String(seeds),
    ]),
  };
}

/** Returns the favorite and the best rival after an epoch; null where either was not measured. */
function pairAt(each: Measured, epoch: number) {
  const rival = bestRival(each, epoch);
  if (rival === null) return null;
  const [ours, theirs] = common(runsOf(each, FAVORITE), rival.runs);
  if (ours.length === 0) return null;
  return {
    family: each.family,
    epoch,
    rival: rival.searcher,
    our: summarize(valuesAt(ours, epoch)).median,
    their: summarize(valuesAt(theirs, epoch)).median,
    difference: compare(ours, theirs, epoch),
    seeds: ours.length,
  };
}

function shareSection(measured: readonly Measured[]): Section {
  const shown = CONTESTANTS.filter(
    (each) => each.sampler === 'auto' && measured.every((family) => runsOf(family, each).length > 0),
  );
  const parts = measured.map((each) => shown.map((contestant) => partOf(each, contestant)));
  const place = shown.indexOf(FAVORITE);
  const met = measured.filter(
    ({ family }, k) => (parts[k]?.[place] ?? Number.POSITIVE_INFINITY) <= checkpointsOf(family).share,
  ).length;
  return {
    title: 'Epochs that schedulers save with the sampler auto',
    text: `The share of the epochs after which the median is where ${ALONE.title} is at the end of the whole budget, on the seeds that both were measured with; a dash where it is never. ${FAVORITE.title} reaches the aim on ${met} of ${measured.length} tables. The last column is its median at the end, beside that of ${ALONE.title}: below 0 is better.`,
    header: ['curves', ...shown.map(({ title }) => title), 'aim', 'at the end'],
    rows: measured.map((each, k) => [
      each.family.name,
      ...(parts[k] ?? []).map((part) => (Number.isFinite(part) ? `${(100 * part).toFixed(0)} %` : '-')),
      `${100 * checkpointsOf(each.family).share} %`,
      behindAlone(each),
    ]),
  };
}

/** Returns the part of the budget after which the median is where the sampler alone is at its end; infinite when it never is. */
function partOf(each: Measured, contestant: Searcher): number {
  const budget = checkpointsOf(each.family).epochs.at(-1) as number;
  const [runs, alone] = common(runsOf(each, contestant), runsOf(each, ALONE));
  return epochsTo(runs, summarize(valuesAt(alone, budget)).median, budget) / budget;
}

/** Returns how far the favorite ends above the sampler alone. */
function behindAlone(each: Measured): string {
  const budget = checkpointsOf(each.family).epochs.at(-1) as number;
  const [ours, alone] = common(runsOf(each, FAVORITE), runsOf(each, ALONE)).map(
    (runs) => summarize(valuesAt(runs, budget)).median,
  ) as [number, number];
  const percent = 100 * (ours / alone - 1);
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

function familySection({ family, lines }: Measured): Section {
  const { epochs } = checkpointsOf(family);
  const text = family.text.replace(/\.$/, '');
  return {
    title: `${family.name[0]?.toUpperCase()}${family.name.slice(1)}`,
    text: `${text[0]?.toUpperCase()}${text.slice(1)}. Medians with quartiles.`,
    header: ['optimizer', ...epochs.map((epoch) => `after ${epoch} epochs`), 'seeds'],
    rows: lines.map(({ searcher, runs }) => [
      searcher.title,
      ...epochs.map((epoch) => cell(summarize(valuesAt(runs, epoch)))),
      String(runs.filter((run) => run !== null).length),
    ]),
  };
}

function figuresOf({ family, lines }: Measured) {
  const { epochs } = checkpointsOf(family);
  return {
    family: family.name,
    checkpoints: epochs,
    optimizers: lines.map(({ searcher, runs }) => ({
      title: searcher.title,
      seeds: runs.filter((run) => run !== null).length,
      values: epochs.map((epoch) => summarize(valuesAt(runs, epoch))),
    })),
  };
}

const short = (loss: number): string => (Number.isFinite(loss) ? loss.toPrecision(4) : 'none yet');
const cell = ({ median, low, high }: Summary): string => `${short(median)} (${short(low)} to ${short(high)})`;
