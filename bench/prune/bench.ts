import { withDefaults } from '../../src/core/component-options.js';
import { pruners } from '../../src/pruners/registry.js';
import type { Bench, Section } from '../bench.js';
import { median } from '../stats.js';
import { type Family, families, instances } from './curves.js';
import { sweep } from './sweep.js';
import { realCurves } from './table.js';

type Line = {
  readonly family: string;
  readonly pruner: string;
  readonly epochsShare: number;
  readonly completeShare: number;
  readonly regretMedian: number;
  readonly regretMean: number;
  /** Mean of the regret above that without pruning. */
  readonly lossMean: number;
};

/** Measures the cost and savings of each pruner of the registry on learning curves, with its default options. */
export const benchPrune: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 3 : 20 }, (_, k) => 1000 + k);
  const sections: Section[] = [];
  const lines: Line[] = [];
  for (const family of [realCurves(), ...families, instances]) {
    say(`prune: ${family.name}`);
    const found = await Promise.all(
      pruners
        .filter(({ name }) => name !== 'wilcoxon' || family === instances)
        .map(({ name }) => measure(family, name, seeds)),
    );
    const none = found.find(({ pruner }) => pruner === 'none') as Line;
    const compared = found.map((line) => ({ ...line, lossMean: line.regretMean - none.regretMean }));
    lines.push(...compared);
    sections.push({
      title: family.name[0]?.toUpperCase() + family.name.slice(1),
      text: `${family.text[0]?.toUpperCase()}${family.text.slice(1)}.`,
      header: [
        'pruner',
        'epochs spent',
        'complete',
        'regret (median)',
        'regret (mean)',
        'lost to pruning (mean)',
      ],
      rows: compared.map((line) => [
        line.pruner,
        percent(line.epochsShare),
        percent(line.completeShare),
        line.regretMedian.toFixed(4),
        line.regretMean.toFixed(4),
        line.lossMean.toFixed(4),
      ]),
    });
  }
  return {
    title: 'The savings and the cost of pruners',
    intro:
      `Real learning curves, and synthetic ones of ${families[0]?.epochs} epochs; ${families[0]?.configurations} random configurations a sweep (all of the real ones), the same for every ` +
      `pruner, four at a time; ${seeds.length} seeds. Epochs are a share of those without pruning. Regret is the ` +
      'true final loss of the configuration that a user would choose (the complete trial with the lowest last loss), minus ' +
      'that of the best configuration tried; losses start at 1. Pruners have their default options; ' +
      'wilcoxon is only for instances.',
    sections,
    figures: { seeds, lines },
  };
};

async function measure(family: Family, name: string, seeds: readonly number[]): Promise<Line> {
  const entry = pruners.find((each) => each.name === name);
  if (!entry) throw new Error(`no pruner ${name}`);
  const pruner = (await entry.load())(withDefaults(entry.options, {}));
  const runs = seeds.map((seed) => sweep(family, seed, pruner, family === instances));
  const mean = (of: (run: (typeof runs)[number]) => number) =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  return {
    family: family.name,
    pruner: name,
    epochsShare: mean(({ epochs }) => epochs) / (family.configurations * family.epochs),
    completeShare: mean(({ complete }) => complete) / family.configurations,
    regretMedian: median(runs.map(({ regret }) => regret)),
    regretMean: mean(({ regret }) => regret),
    lossMean: 0,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
