import { paramText } from '../../core/param-text.js';
import { printable, printableLine } from '../../core/printable.js';
import { noneFeasible, type RankedConfiguration } from '../../results/results-model.js';
import { rankingTable } from '../best/ranking-table.js';
import { failureLines, savingsText, searchText } from '../digest-text.js';
import { withDeviation } from '../table/format.js';
import { formatTable } from '../table/format-table.js';
import type { Surface } from '../table/table.js';
import { escapeMarkdown, markdownTable } from './markdown.js';
import type { StudySummaryFacts } from './read-summary.js';

/** A summary of a study for people. */
export function summaryText(facts: StudySummaryFacts, surface: Surface): string {
  const { study, top } = facts;
  const { columns, rows } = rankingTable(top, metricsOf(facts));
  return [
    `${surface.style('title', `study ${printableLine(study.name)}`)}: ${printable(countsText(facts))}`,
    ...notes(facts).map(printable),
    ...(facts.frontSize === null || top.length === 0 ? [] : [frontText(facts)]),
    ...(top.length === 0 ? [] : ['', formatTable(columns, rows, surface)]),
    ...facts.importance.flatMap((found) => ['', printable(importanceLine(found))]),
  ].join('\n');
}

/** The same in GitHub's Markdown, for a pull request or `$GITHUB_STEP_SUMMARY`. */
export function summaryMarkdown(facts: StudySummaryFacts): string {
  const { study, top, importance } = facts;
  const [best] = top;
  const isFront = study.spec.objectives.length > 1;
  return [
    `## ${escapeMarkdown(`Study ${study.name}`)}`,
    escapeMarkdown(countsText(facts)),
    ...(best && !isFront && best.feasible ? [bestMarkdown(facts, best)] : []),
    ...notes(facts).map(escapeMarkdown),
    ...(top.length === 0
      ? []
      : [`### ${isFront ? frontText(facts) : 'Best configurations'}`, topMarkdown(facts)]),
    ...importance.flatMap(({ objective, parameters }) => [
      `### ${escapeMarkdown(`Importance for ${objective}`)}`,
      markdownTable(
        ['parameter', 'importance', 'low', 'high'],
        parameters.map(({ name, importance: share, low, high }) => [
          name,
          ...[share, low, high].map((value) => value.toFixed(3)),
        ]),
      ),
    ]),
  ]
    .join('\n\n')
    .concat('\n');
}

function metricsOf({ study }: StudySummaryFacts): string[] {
  return study.spec.objectives.map(({ metric }) => metric);
}

function countsText({ counts, study, isForeign }: StudySummaryFacts): string {
  const states = Object.entries(counts).filter(([, count]) => count > 0);
  const found = states.map(([state, count]) => `${count} ${state}`).join(', ') || 'no trials';
  return isForeign ? found : `${found}; ${searchText(study.spec)}`;
}

function notes({ digest, study, top }: StudySummaryFacts): string[] {
  const saved = savingsText(digest.savings);
  const constraints = study.spec.metricConstraints;
  return [
    ...(top.length > 0 && !top.some(({ feasible }) => feasible) ? [noneFeasible(constraints)] : []),
    ...(digest.infeasible > 0 ? [infeasibleText(digest.infeasible)] : []),
    ...(saved === null ? [] : [saved]),
    ...failureLines(digest),
  ];
}

function infeasibleText(count: number): string {
  return count === 1 ? '1 complete trial breaks a limit' : `${count} complete trials break a limit`;
}

/** Returns `Pareto front: 5 of 13 configurations`; how many configurations the table leaves out is not seen in it. */
function frontText({ top, frontSize }: StudySummaryFacts): string {
  const size = frontSize ?? top.length;
  const shown = top.length < size ? `${top.length} of ${size}` : String(size);
  return `Pareto front: ${shown} configuration${size === 1 ? '' : 's'}`;
}

function importanceLine({ objective, parameters }: StudySummaryFacts['importance'][number]): string {
  const shares = parameters.map(({ name, importance }) => `${name} ${importance.toFixed(2)}`);
  return `importance for ${objective}: ${shares.join(', ')}`;
}

function bestMarkdown({ study }: StudySummaryFacts, best: RankedConfiguration): string {
  const metric = study.spec.objectives[0]?.metric ?? 'objective';
  const over = best.trialCount > 1 ? ` over ${best.trialCount} trials` : '';
  const value = `best ${metric} ${withDeviation(best.values[0] ?? Number.NaN, best.std?.[0])}${over}`;
  const params = Object.entries(best.params).map(([name, value]) => `${name} = ${paramText(value)}`);
  return `**${escapeMarkdown(value)}**: ${params.map(escapeMarkdown).join(', ')}`;
}

/** The columns that the terminal shows, without those that are empty. */
function topMarkdown(facts: StudySummaryFacts): string {
  const { columns, rows } = rankingTable(facts.top, metricsOf(facts));
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : cell.text)));
  const shown = columns.flatMap(({ isKept }, k) => (isKept || cells.some((row) => row[k] !== '') ? [k] : []));
  return markdownTable(
    shown.map((k) => columns[k]?.title ?? ''),
    cells.map((row) => shown.map((k) => row[k] ?? '')),
  );
}
