import { relative } from 'node:path';
import { paramText } from '../../core/param-text.js';
import { printableLine } from '../../core/printable.js';
import { shellWord } from '../../core/shell-word.js';
import { partMeans, sparkline } from '../../core/sparkline.js';
import { machineOf } from '../../executors/study-outputs.js';
import { durationText, gpuText } from '../../loggers/event-messages.js';
import { renderTerminal, type TerminalStyle } from '../../plots/terminal/terminal.js';
import { curvesByMetric } from '../../results/curves.js';
import type { Continuation } from '../../results/trial-table.js';
import type { AttemptRecord, TrialRow } from '../../storage/storage.js';
import { asTyped } from '../as-typed.js';
import { shortNumber, shortValue, withDeviation } from '../table/format.js';
import { formatTable } from '../table/format-table.js';
import type { Cell, Column, Surface } from '../table/table.js';
import { padText, textWidth } from '../table/width.js';
import { durationCell, stateCell } from '../trials/trial-columns.js';
import type { ShownTrial } from './read-trial.js';

/** Where a trial is shown. `nowMs`: until when a running trial has run. */
type Around = { readonly surface: Surface; readonly terminal: TerminalStyle; readonly nowMs: number };

/** Everything that is known of a trial, for people. */
export function trialText(shown: ShownTrial, { surface, terminal, nowMs }: Around): string {
  return [
    headline(shown, surface, nowMs),
    fieldLines(facts(shown), surface),
    section('parameters', parameterLines(shown, surface), surface),
    section('metrics', metricsTable(shown, surface), surface),
    section('attributes', attributeLines(shown), surface),
    section('curve', curveLines(shown, terminal), surface),
    section('attempts', attemptsTable(shown, surface, nowMs), surface),
    section('same configuration', repeatsTable(shown, surface, nowMs), surface),
    fieldLines(places(shown), surface),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function headline({ study, row, isOutlier }: ShownTrial, { style }: Surface, nowMs: number): string {
  const state = stateCell(row);
  const { text, tone } = typeof state === 'string' ? { text: state, tone: 'plain' as const } : state;
  const values = study.spec.objectives.flatMap(({ metric }, k) => {
    const value = row.values?.[k];
    return value === undefined ? [] : [`${printableLine(metric)} ${shortNumber(value)}`];
  });
  const time = durationCell(row, nowMs);
  const breaks = row.violations.some((violation) => !(violation <= 0));
  return [
    `${style('title', `trial ${row.number}`)} of study ${printableLine(study.name)}: ${style(tone, text)}`,
    ...values,
    ...(breaks ? [style('bad', 'infeasible')] : []),
    ...(isOutlier ? [style('faint', 'outlier')] : []),
    ...(row.hidden ? [style('faint', 'hidden from plots')] : []),
    ...(time === '' ? [] : [`${row.finishedAtMs === null ? 'for' : 'in'} ${time}`]),
  ].join(', ');
}

type Fields = readonly (readonly [label: string, text: string | null])[];

function facts({ row, rank, children, attempts, lastWords, files }: ShownTrial): Fields {
  const use = row.gpuUse;
  const gpu =
    use === null
      ? null
      : gpuText({
          cardUtilizationPercent: use.cardUtilizationPercent?.mean ?? null,
          memoryMiB: use.memoryMiB?.max ?? null,
          cardMemoryMiB: use.cardMemoryMiB?.max ?? null,
        });
  return [
    ['reason', row.reason],
    ['log ends with', row.reason === null ? null : unsaid(lastWords.at(-1) ?? null, row.reason)],
    ['rank', rank === null ? null : rankText(rank)],
    ['continues', row.parent && continuationText(row.parent)],
    ['continued by', children.length === 0 ? null : children.map(continuationText).join(', ')],
    ['configuration', row.configuration === null ? null : String(row.configuration)],
    ['seed', row.seed === null ? null : String(row.seed)],
    ['device', row.device],
    ['job', files.job === null ? null : `${files.job}${files.host === null ? '' : ` on ${files.host}`}`],
    ['gpu use', gpu === null ? null : `${gpu}${use?.shared ? ' (the GPU was shared)' : ''}`],
    ['exit code', row.exitCode === null || attempts.length > 0 ? null : String(row.exitCode)],
    ['started', timeText(row.startedAtMs)],
    ['finished', timeText(row.finishedAtMs)],
    ['tags', row.tags.length === 0 ? null : row.tags.join(', ')],
    ['note', row.note],
  ];
}

const continuationText = ({ trial, step }: Continuation) => `trial ${trial} from step ${step}`;

/** The last words of a log; null where the reason has them already. */
function unsaid(words: string | null, reason: string | null): string | null {
  return words === null || reason?.includes(words) ? null : words;
}

function rankText({ place, of, result }: NonNullable<ShownTrial['rank']>): string {
  const mean = withDeviation(result.values[0] ?? Number.NaN, result.std?.[0]);
  const over = result.trialCount > 1 ? ` over ${result.trialCount} trials` : '';
  return `${place} of ${of} configurations, by ${mean}${over}${result.feasible ? '' : '; it breaks a limit'}`;
}

function places({ files, command, row, study }: ShownTrial): Fields {
  return [
    ['folder', files.folder && nearPath(files.folder)],
    [
      'log',
      files.log &&
        `${nearPath(files.log)} (${asTyped(`hpo logs ${row.number} --study ${shellWord(study.name)}`)})`,
    ],
    ['checkpoints', files.checkpoints.length === 0 ? null : files.checkpoints.map(nearPath).join(', ')],
    ['run again', command ?? (study.spec.trainer.command === null ? null : 'nobody knows its command')],
  ];
}

/** Relative where that is shorter. */
function nearPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}

function timeText(atMs: number | null): string | null {
  const time = new Date(atMs ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? null : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const LABEL_WIDTH = 13;

/** Whole texts: what a person copies must not be cut. */
function fieldLines(fields: Fields, { style }: Surface): string {
  return fields
    .flatMap(([label, text]) =>
      text === null
        ? []
        : [`${style('faint', padText(label, LABEL_WIDTH, 'after'))}  ${printableLine(text)}`],
    )
    .join('\n');
}

function section(title: string, body: string, { style }: Surface): string {
  return body === '' ? '' : `${style('title', title)}\n${body.replaceAll(/^/gm, '  ')}`;
}

/** Numbers in full, as the trainer received them. */
function parameterLines({ params, row }: ShownTrial, { style }: Surface): string {
  const names = Object.keys(params).map(printableLine);
  const width = names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  return Object.entries(params)
    .map(([name, value], k) => {
      const forced = Object.hasOwn(row.forced, name) ? style('faint', '  set by a constraint') : '';
      return `${padText(names[k] ?? '', width, 'after')}  ${printableLine(paramText(value))}${forced}`;
    })
    .join('\n');
}

/** What programs have stored with the trial; text as it is, and the rest as JSON. */
function attributeLines({ attributes }: ShownTrial): string {
  const names = Object.keys(attributes).map(printableLine);
  const width = names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  return Object.values(attributes)
    .map((value, k) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${padText(names[k] ?? '', width, 'after')}  ${printableLine(text)}`;
    })
    .join('\n');
}

const CURVE_WIDTH = 40;

/** A line for each metric: its values, and a curve over its steps. */
function metricsTable({ metrics, row, study }: ShownTrial, surface: Surface): string {
  const curves = curvesByMetric(metrics);
  const objectives = study.spec.objectives.map(({ metric }) => metric);
  const names = [...new Set([...objectives, ...metrics.map(({ name }) => name)])].filter(
    (name) => curves.has(name) || Object.hasOwn(row.metrics, name),
  );
  if (names.length === 0) return '';
  const rows = names.map((name): Cell[] => {
    const curve = curves.get(name);
    const values = [...(curve?.values ?? [])].filter((value) => !Number.isNaN(value));
    return [
      { text: name, tone: objectives.includes(name) ? 'title' : 'plain' },
      shortValue(row.metrics[name]),
      values.length === 0 ? '' : shortNumber(values.reduce((a, b) => Math.min(a, b))),
      values.length === 0 ? '' : shortNumber(values.reduce((a, b) => Math.max(a, b))),
      curve ? stepsText(curve.steps) : '',
      curve ? sparkline(partMeans(curve.values, CURVE_WIDTH)) : '',
    ];
  });
  return inner(['metric', 'last', 'lowest', 'highest', 'steps', 'curve'], rows, surface);
}

/** Lines of a plot, with its axes and its legend. */
const CURVE_ROWS = 19;
const WIDEST_CURVE = 80;

function curveLines({ curve }: ShownTrial, terminal: TerminalStyle): string {
  if (curve === null) return '';
  const columns = Math.min(WIDEST_CURVE, terminal.columns) - 2;
  // What is left out is said by hpo plot curves; the section has a title already.
  const [, ...lines] = renderTerminal(
    { ...curve, notes: [] },
    { ...terminal, columns, rows: CURVE_ROWS },
  ).split('\n');
  return lines.join('\n');
}

function stepsText(steps: Float64Array): string {
  const [first, last] = [steps[0], steps.at(-1)];
  return steps.length === 1 ? `${first}` : `${first}-${last}`;
}

function attemptsTable({ attempts, lastWords }: ShownTrial, surface: Surface, nowMs: number): string {
  if (attempts.length === 0) return '';
  const hasTargets = attempts.some(({ targetStep }) => targetStep !== null);
  const rows = attempts.map((each, k): Cell[] => [
    String(each.attempt),
    each.cause ?? (each.finishedAtMs === null ? 'running' : 'ended'),
    hasTargets ? String(each.targetStep ?? 'end') : '',
    each.exitCode === null ? '' : String(each.exitCode),
    durationText(Math.max(0, (each.finishedAtMs ?? nowMs) - each.startedAtMs)),
    placeText(each),
    [each.reason, unsaid(lastWords[k] ?? null, each.reason)].filter((part) => part !== null).join(': '),
  ]);
  return inner(['attempt', 'end', 'to step', 'exit', 'time', 'device', 'reason'], rows, surface);
}

function placeText(attempt: AttemptRecord): string {
  const machine = machineOf(attempt);
  return machine === null ? attempt.device : `${attempt.device} on ${machine}`;
}

/** The other seeds; nothing for a configuration with one trial. */
function repeatsTable({ repeats, row, study }: ShownTrial, surface: Surface, nowMs: number): string {
  if (repeats.length < 2) return '';
  const objectives = study.spec.objectives.map(({ metric }) => metric);
  const rows = repeats.map((each: TrialRow): Cell[] => [
    { text: String(each.number), tone: each.number === row.number ? 'title' : 'plain' },
    stateCell(each),
    ...objectives.map((_, k) => shortValue(each.values?.[k])),
    each.seed === null ? '' : String(each.seed),
    durationCell(each, nowMs),
  ]);
  return inner(['trial', 'state', ...objectives, 'seed', 'time'], rows, surface);
}

/** A table that stands below a title, with a margin. Columns without content leave. */
function inner(titles: readonly string[], rows: readonly (readonly Cell[])[], surface: Surface): string {
  const columns = titles.map(
    (title, k): Column => ({ title, priority: 100 - k, leastWidth: 12, isKept: k === 0 }),
  );
  const width = surface.width === null ? null : surface.width - 2;
  return formatTable(columns, rows, { ...surface, width });
}
