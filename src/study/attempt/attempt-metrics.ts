import {
  hasJudgedSteps,
  type JudgedSteps,
  judgedSteps,
  type ReportedSeries,
} from '../../core/judged-steps.js';
import { violationOf } from '../../core/metric-constraints.js';
import { explicitStep, reclaimedSteps } from '../../core/metric-inheritance.js';
import { faultOf } from '../../core/objective-value.js';
import type { StudySpec, TrainerMetrics } from '../../core/spec.js';
import type { MetricPoint } from '../../executors/executor.js';
import { MetricSeries } from './metric-series.js';

const NOTHING_ELSE: JudgedSteps = {};

const reported = (series: MetricSeries): ReportedSeries => ({
  // A copy: what has been judged may still be looked at when the next value comes.
  steps: new Map(series.steps()),
  final: series.final,
});

/** How many metric names a failure's reason lists. */
const NAMES_SHOWN = 10;

/**
 * The values of one attempt's objectives and constrained metrics: what it reported, and below that what it inherited. It
 * follows the rule of core/metric-inheritance.ts, as the storage does, so a log that is read again gives the same.
 */
export class AttemptMetrics {
  readonly #spec: Pick<StudySpec, 'objectives' | 'metricConstraints' | 'trainer'>;
  readonly #objectives: readonly MetricSeries[];
  /** The last value of each metric that has a constraint. */
  readonly #constrained: readonly MetricSeries[];
  /** Metrics seen, for the report of a failure. */
  readonly #names = new Set<string>();
  /** Metrics whose steps this attempt did not number. */
  readonly #implicit = new Set<string>();
  readonly #inherited = new Set<string>();
  /** The lowest explicit step of this attempt; null before the first. */
  #firstStep: number | null = null;

  constructor(spec: Pick<StudySpec, 'objectives' | 'metricConstraints' | 'trainer'>) {
    this.#spec = spec;
    this.#objectives = spec.objectives.map((objective) => new MetricSeries(objective));
    this.#constrained = spec.metricConstraints.map(
      ({ metric }) => new MetricSeries({ metric, direction: 'minimize', reduce: 'last' }),
    );
  }

  get #all(): readonly MetricSeries[] {
    return [...this.#objectives, ...this.#constrained];
  }

  /** Notes inherited values. Call it before anything else is noted. */
  inherit(points: readonly MetricPoint[]): void {
    for (const point of points) {
      this.#inherited.add(point.name);
      for (const series of this.#all) series.note(point);
    }
  }

  /** Notes a reported value. Returns true when it is one of an objective and each of them has a value at its step. */
  note(point: MetricPoint): boolean {
    if (this.#names.size < NAMES_SHOWN) this.#names.add(point.name);
    if (point.counted) this.#implicit.add(point.name);
    const reclaimed = reclaimedSteps(this.#firstStep, explicitStep(point));
    if (reclaimed) {
      for (const series of this.#all) if (this.#inherited.has(series.metric)) series.dropSteps(reclaimed);
      this.#firstStep = reclaimed.from;
    }
    const noted = this.#objectives.map((series) => series.note(point));
    for (const series of this.#constrained) series.note(point);
    if (noted.length === 1 || !noted.includes(true)) return noted[0] === true;
    return point.step !== null && this.#objectives.every((series) => series.hasValueAt(point.step as number));
  }

  /** Metrics whose steps do not show where an attempt resumed. */
  get implicitStepMetrics(): readonly string[] {
    return [...this.#implicit];
  }

  /** The lowest step that this attempt has numbered; null before the first. */
  get firstStep(): number | null {
    return this.#firstStep;
  }

  /** Whether the steps of every objective so far are explicit. */
  get hasExplicitSteps(): boolean {
    return !this.#spec.objectives.some(({ metric }) => this.#implicit.has(metric));
  }

  /** Returns the first objective by ascending step, as of now. */
  steps(): ReadonlyMap<number, number> {
    return (this.#objectives[0] as MetricSeries).steps();
  }

  /** Returns what pruners need beside the steps of the first objective. */
  judged(): JudgedSteps {
    if (!hasJudgedSteps(this.#spec)) return NOTHING_ELSE;
    return judgedSteps({
      objectives: this.#objectives.map(reported),
      constraints: this.#spec.metricConstraints,
      constrained: this.#constrained.map(reported),
    });
  }

  /** Returns the value of each objective; null where nothing was reported. */
  values(): readonly (number | null)[] {
    return this.#objectives.map((series) => series.value());
  }

  /** Returns the newest value of each objective that can be a result; null where there is none. */
  lastFeasible(): readonly (number | null)[] {
    return this.#objectives.map((series) => series.lastFeasible());
  }

  /** Whether every objective has a final value: a trainer reports it when it is done. */
  get allFinal(): boolean {
    return this.#objectives.every((series) => series.hasFinal);
  }

  /** Returns the violation of each metric constraint; empty when a constrained metric was not reported. */
  violations(): number[] {
    const values = this.#constrained.map((series) => series.value());
    if (values.some((value) => value === null || Number.isNaN(value))) return [];
    return this.#spec.metricConstraints.map((each, k) => violationOf(each, values[k] as number));
  }

  /** Returns what is missing or wrong in a trial whose trainer succeeded; null when nothing is. */
  missingResult(): string | null {
    const { objectives, metricConstraints } = this.#spec;
    const wanted = [
      ...objectives.map(({ metric }, k) => ({
        name: `the objective ${metric}`,
        track: this.#objectives[k],
      })),
      ...metricConstraints.map(({ metric }, k) => ({
        name: `the limited metric ${metric}`,
        track: this.#constrained[k],
      })),
    ].map(({ name, track }) => ({ name, value: track?.value() ?? null }));
    const missing = wanted.filter(({ value }) => value === null).map(({ name }) => name);
    if (missing.length > 0)
      return `exited 0 without reporting ${missing.join(' and ')}${this.#reportedInstead()}`;
    const faults = objectives.map((objective, k) => faultOf(this.values()[k] as number, objective));
    const nan = wanted.find(({ value }) => Number.isNaN(value));
    return faults.find((fault) => fault !== null) ?? (nan ? `${nan.name} is NaN` : null);
  }

  /** A misspelled metric is the usual reason: the names that came show it. */
  #reportedInstead(): string {
    return this.#names.size === 0
      ? `; ${nothingRead(this.#spec.trainer.metrics)}`
      : `; it reported ${[...this.#names].join(', ')}`;
  }
}

/** What a line of a format is. */
const LINES: Readonly<Record<string, string>> = {
  katib: 'which is name=value anywhere in a line',
  guild: 'which is a line with name: value and nothing else',
  jsonl: 'which is one JSON object a line',
  'syne-tune': 'which is [tune-metric]: and a JSON object',
};

/** Says that a run gave no value, by how values are read. */
function nothingRead(metrics: TrainerMetrics | undefined): string {
  if (metrics === undefined || metrics.format === 'metric') return 'it printed no METRIC line';
  if (metrics.format === 'last-number') return 'its output has no number';
  if (metrics.format === 'json-file') return `${metrics.path} holds no such number, or was not written`;
  if (metrics.format === 'regex') return 'no line of its output matches the pattern of metrics';
  const form = LINES[metrics.format];
  return `no line of its output has the format ${metrics.format}${form === undefined ? '' : `, ${form}`}`;
}
