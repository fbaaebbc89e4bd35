import type { Bench, Section } from '../bench.js';
import { compare, epochsTo, type Runs, type Summary, summarize, valuesAt, verdictOf } from './comparison.js';
import { ALONE, CONTESTANTS, type Contestant, FAVORITE } from './contestants.js';
import { keepResult, keptResult } from './kept-results.js';
import { checkpointsOf, makePlan } from './plan.js';
import { keptRuns, measureRivals, type Plan } from './rival-runs.js';
import { RIVALS } from './rivals.js';
import { simulate } from './simulate.js';
import { type Family, remembering } from './table.js';

/** What one searcher reached on one family. */
type Line = { readonly title: string; readonly ours: boolean; readonly runs: Runs };
type Measured = { readonly family: Family; readonly lines: readonly Line[] };

/** Measures the best full training against epochs spent, on learning curves, beside other optimizers. */
export const benchBudgets: Bench = async ({ quick, say, flags, values }) => {
  const seeds = quick ? 3 : Number(values.get('--seeds') ?? 20);
  const plan = makePlan(values.get('--table'), seeds);
  if (!quick && !flags.has('--kept')) await measureRivals(plan, say);
  const kept = keptRuns(plan);
  const measured: Measured[] = [];
  for (const family of plan.families) {
    const lines: Line[] = [];
    for (const contestant of CONTESTANTS) {
      say(`${family.name}: ${contestant.title}`);
      lines.push({ title: contestant.title, ours: true, runs: await search(plan, family, contestant) });
    }
    for (const rival of RIVALS) {
      const runs = kept(family, rival);
      if (runs.some((run) => run !== null)) lines.push({ title: rival.title, ours: false, runs });
    }
    measured.push({ family, lines });
  }
  return {
    title: 'The best full training for a budget of epochs',
    intro: `The lowest loss at the end of a full training against the epochs spent on all trainings, on learning curves: medians over ${seeds} seeds, lower is better. A trial that is resumed pays only for its new epochs; one slot; every optimizer has its default settings, and no trial is pruned at its last epoch. A seed of a synthetic family is an instance of its own, the same for every optimizer; on measured curves it only determines the search. Other optimizers see the same curves; on a table with divergences those without a word for them see the worst loss so far.`,
    sections: [summarySection(measured), shareSection(measured), ...measured.map(familySection)],
    figures: measured.map(figuresOf),
  };
};

async function search(plan: Plan, family: Family, contestant: Contestant): Promise<Runs> {
  const parts = await contestant.load();
  const searcher = { name: contestant.title.replaceAll(' ', ''), revision: contestant.revision() };
  const runs: (readonly number[])[] = [];
  for (const seed of plan.seeds) {
    const table = remembering(family.make(seed));
    const budget = plan.budgetOf(family);
    const kept = keptResult({ searcher, table, seed, budget });
    if (kept !== null) {
      runs.push(kept);
      continue;
    }
    const { best } = await simulate(table, { ...parts, seed, budget, resumable: true, seen: (view) => view });
    keepResult({ searcher, table, seed, budget }, best);
    runs.push(best);
  }
  return runs;
}

const runsOf = ({ lines }: Measured, { title }: Contestant): Runs =>
  (lines.find((line) => line.title === title) as Line).runs;

/** Returns the rival with the lowest median after an epoch; null without rivals. */
function bestRival({ lines }: Measured, epoch: number): Line | null {
  const middle = ({ runs }: Line) => summarize(valuesAt(runs, epoch)).median;
  return lines.reduce<Line | null>(
    (best, line) => (!line.ours && (best === null || middle(line) < middle(best)) ? line : best),
    null,
  );
}

function summarySection(measured: readonly Measured[]): Section {
  return {
    title: `${FAVORITE.title} beside the best of the others`,
    text: `The best of the others is the one with the lowest median there, and may be another one in every row. The verdicts are signed-rank tests, paired by seed, two-sided at 5 %.`,
    header: ['curves', 'epochs', FAVORITE.title, 'best of the others', 'median', 'ours is', 'at or below'],
    rows: measured.flatMap((each) =>
      checkpointsOf(each.family).epochs.flatMap((epoch) => {
        const rival = bestRival(each, epoch);
        if (rival === null) return [];
        const ours = runsOf(each, FAVORITE);
        const [our, their] = [ours, rival.runs].map((runs) => summarize(valuesAt(runs, epoch)).median);
        const difference = compare(ours, rival.runs, epoch);
        const p = 2 * Math.min(difference.worse, difference.better, 0.5);
        return [
          [
            each.family.name,
            String(epoch),
            short(our as number),
            rival.title,
            short(their as number),
            `${verdictOf(difference)} (p ${p.toPrecision(2)})`,
            (our as number) <= (their as number) ? 'yes' : '**no**',
          ],
        ];
      }),
    ),
  };
}

function shareSection(measured: readonly Measured[]): Section {
  return {
    title: `Epochs that schedulers save with the sampler auto`,
    text: `The share of the epochs after which the median is where ${ALONE.title} is at the end of the whole budget; a dash where it is never.`,
    header: ['curves', ...CONTESTANTS.filter(({ sampler }) => sampler === 'auto').map(({ title }) => title)],
    rows: measured.map((each) => {
      const budget = checkpointsOf(each.family).epochs.at(-1) as number;
      const goal = summarize(valuesAt(runsOf(each, ALONE), budget)).median;
      return [
        each.family.name,
        ...CONTESTANTS.filter(({ sampler }) => sampler === 'auto').map((contestant) => {
          const epochs = epochsTo(runsOf(each, contestant), goal, budget);
          return Number.isFinite(epochs) ? `${((100 * epochs) / budget).toFixed(0)} %` : '-';
        }),
      ];
    }),
  };
}

function familySection({ family, lines }: Measured): Section {
  const { epochs } = checkpointsOf(family);
  const text = family.text.replace(/\.$/, '');
  return {
    title: `${family.name[0]?.toUpperCase()}${family.name.slice(1)}`,
    text: `${text[0]?.toUpperCase()}${text.slice(1)}. Medians with quartiles.`,
    header: ['optimizer', ...epochs.map((epoch) => `after ${epoch} epochs`), 'seeds'],
    rows: lines.map(({ title, runs }) => [
      title,
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
    optimizers: lines.map(({ title, runs }) => ({
      title,
      seeds: runs.filter((run) => run !== null).length,
      values: epochs.map((epoch) => summarize(valuesAt(runs, epoch))),
    })),
  };
}

const short = (loss: number): string => (Number.isFinite(loss) ? loss.toPrecision(4) : 'none yet');
const cell = ({ median, low, high }: Summary): string => `${short(median)} (${short(low)} to ${short(high)})`;
