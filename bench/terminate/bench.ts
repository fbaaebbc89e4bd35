import { withDefaults } from '../../src/core/component-options.js';
import { terminators } from '../../src/terminators/registry.js';
import type { Bench, Section } from '../bench.js';
import { median } from '../stats.js';
import { type Case, cases } from './cases.js';
import { loadGp, type Point, trace } from './trace.js';

const BUDGET = 150;
const MARGINS = [0.25, 0.1, 0.05] as const;

/** Result at the trial where a search would have stopped, beside the result at its end. */
type Stop = {
  readonly seed: number;
  readonly trials: number;
  readonly stopped: boolean;
  readonly regret: number;
  readonly regretAtEnd: number;
  /** Improvement of the whole search on its first configuration. */
  readonly gained: number;
};
type Line = {
  readonly name: string;
  readonly noise: number;
  readonly margin: number;
  readonly stops: readonly Stop[];
};

/** Measures the savings and the cost of the improvement terminator, on searches evaluated after each configuration. */
export const benchTerminate: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 2 : 20 }, (_, k) => 1000 + k);
  const gp = await loadGp();
  const lines: Line[] = [];
  for (const each of quick ? cases.slice(2, 4) : cases) {
    const traces = seeds.map((seed) => {
      say(`terminate: ${each.name}, seed ${seed}`);
      return { seed, points: trace(gp, each.problem, each.repeats, seed, BUDGET) };
    });
    const noise = each.problem.noise / Math.sqrt(each.repeats);
    for (const margin of MARGINS) {
      const stops = traces.map(({ seed, points }) => stopOf(each, seed, points, margin));
      lines.push({ name: each.name, noise, margin, stops });
    }
  }
  const standard = withDefaults(terminators.find(({ name }) => name === 'improvement')?.options ?? {}, {});
  const main = lines.filter(({ margin }) => margin === standard.margin);
  return {
    title: 'The savings and the cost of ending a sweep early',
    intro:
      `Searches with gp of ${BUDGET} trials, ${seeds.length} seeds. \`terminator: improvement\` evaluates them after every configuration ` +
      'from the 20th on, but they continue, so that the rest is known. Regret is the true value, without noise, of the ' +
      'configuration that looks best (the lowest reported mean), minus the optimum. `x 3` are problems with three ' +
      'repeats of each configuration. All problems are those of bench/search/problems.ts, some with noise added.',
    sections: [byCase(main), byMargin(lines)],
    figures: { budget: BUDGET, seeds, options: standard, lines },
  };
};

function stopOf({ optimum }: Case, seed: number, points: readonly Point[], margin: number): Stop {
  const at = points.find(
    ({ improvement, noise }) => improvement !== null && noise !== null && improvement < margin * noise,
  );
  const last = points.at(-1) as Point;
  const { trials, value } = at ?? last;
  const first = points[0] as Point;
  return {
    seed,
    trials,
    stopped: at !== undefined,
    regret: value - optimum,
    regretAtEnd: last.value - optimum,
    gained: first.value - last.value,
  };
}

function byCase(lines: readonly Line[]): Section {
  return {
    title: 'With the default margin',
    text:
      'Noise is the true standard error of a configuration. "No worse" counts the searches that lost less by stopping ' +
      'than that noise, or than a hundredth of what a whole search gained on its first configuration.',
    header: [
      'problem',
      'noise',
      'trials spent (mean)',
      'stopped',
      'regret when stopped (median)',
      `after ${BUDGET} (median)`,
      'no worse',
    ],
    rows: lines.map(({ name, noise, stops }) => [
      name,
      noise === 0 ? '0' : noise.toPrecision(2),
      percent(share(stops)),
      `${stops.filter(({ stopped }) => stopped).length} of ${stops.length}`,
      median(stops.map(({ regret }) => regret)).toPrecision(3),
      median(stops.map(({ regretAtEnd }) => regretAtEnd)).toPrecision(3),
      `${stops.filter((stop) => isNoWorse(stop, noise)).length} of ${stops.length}`,
    ]),
  };
}

const isNoWorse = ({ regret, regretAtEnd, gained }: Stop, noise: number): boolean =>
  regret - regretAtEnd <= Math.max(noise, 0.01 * gained);

function byMargin(lines: readonly Line[]): Section {
  const names = [...new Set(lines.map(({ name }) => name))];
  const at = (name: string, margin: number) =>
    lines.find((line) => line.name === name && line.margin === margin)?.stops ?? [];
  return {
    title: 'By margin',
    text: 'Trials spent (mean) and, after the slash, the regret when stopped (median).',
    header: ['problem', ...MARGINS.map((margin) => `margin ${margin}`)],
    rows: names.map((name) => [
      name,
      ...MARGINS.map((margin) => {
        const stops = at(name, margin);
        return `${percent(share(stops))} / ${median(stops.map(({ regret }) => regret)).toPrecision(3)}`;
      }),
    ]),
  };
}

const share = (stops: readonly Stop[]): number =>
  stops.reduce((sum, { trials }) => sum + trials, 0) / (stops.length * BUDGET);
const percent = (value: number): string => `${Math.round(100 * value)} %`;
