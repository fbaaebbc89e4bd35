import { violationOf } from '../../core/metric-constraints.js';
import { faultOf } from '../../core/objective-value.js';
import type { StudySpec } from '../../core/spec.js';
import type { MetricPoint } from '../../executors/executor.js';
import { MetricSeries } from './metric-series.js';

/** How many metric names a failure's reason lists. */
const NAMES_SHOWN = 10;

/**
 * What an attempt has reported of its trial's objectives and limited metrics, and below its lowest step what attempts
 * before it had: one that goes on from a checkpoint does again whatever comes from there on. The storage keeps to the
 * same rule, so that an attempt taken over and read again gives the same.
 */
export class AttemptMetrics {
  readonly #spec: Pick<StudySpec, 'objectives' | 'outcomes'>;
  readonly #objectives: readonly MetricSeries[];
  /** The last value of each metric that has a limit. */
  readonly #limited: readonly MetricSeries[];
  /** Metrics seen, for the report of a failure. */
  readonly #names = new Set<string>();
  /** Of which this attempt did not name the steps. */
  readonly #counted = new Set<string>();
  /** Of which attempts before it had reports: they named all steps, and so does this one. */
  readonly #inherited = new Set<string>();
  #lowest = Number.POSITIVE_INFINITY;

  constructor(spec: Pick<StudySpec, 'objectives' | 'outcomes'>) {
    this.#spec = spec;
    this.#objectives = spec.objectives.map((objective) => new MetricSeries(objective));
    this.#limited = spec.outcomes.map(
      ({ metric }) => new MetricSeries({ metric, direction: 'minimize', reduce: 'last' }),
    );
  }

  get #tracks(): readonly MetricSeries[] {
    return [...this.#objectives, ...this.#limited];
  }

  /** Notes what attempts before this one have left; to be called before anything of its own. */
  inherit(points: readonly MetricPoint[]): void {
    for (const point of points) {
      this.#inherited.add(point.name);
      for (const track of this.#tracks) track.note(point);
    }
  }

  /** Notes a point; true when it is of the first objective. */
  note(point: MetricPoint): boolean {
    if (this.#names.size < NAMES_SHOWN) this.#names.add(point.name);
    if (point.counted) this.#counted.add(point.name);
    else if (point.step !== null && point.step < this.#lowest) {
      for (const track of this.#tracks)
        if (this.#inherited.has(track.metric)) track.forget(point.step, this.#lowest);
      this.#lowest = point.step;
    }
    const ours = this.#objectives.map((track) => track.note(point));
    for (const track of this.#limited) track.note(point);
    return ours[0] === true;
  }

  /** Metrics that tell nobody where an attempt goes on, since each counts their steps anew. */
  get implicitStepMetrics(): readonly string[] {
    return [...this.#counted];
  }

  /** Whether the steps of every objective so far were named. */
  get hasExplicitSteps(): boolean {
    return !this.#spec.objectives.some(({ metric }) => this.#counted.has(metric));
  }

  /** The first objective by ascending step, as of now. */
  steps(): ReadonlyMap<number, number> {
    return (this.#objectives[0] as MetricSeries).steps();
  }

  /** Of each objective. */
  values(): readonly (number | null)[] {
    return this.#objectives.map((track) => track.value());
  }

  /** Of each objective the newest value that can be a result. */
  lastFeasible(): readonly (number | null)[] {
    return this.#objectives.map((track) => track.lastFeasible());
  }

  /** Whether every objective has a value for the whole trial, which a trainer reports when it is done. */
  get allFinal(): boolean {
    return this.#objectives.every((track) => track.hasFinal);
  }

  /** How far each limit is broken; of a pruned trial only where all limited metrics came in time. */
  violations(): number[] {
    const values = this.#limited.map((track) => track.value());
    if (values.some((value) => value === null || Number.isNaN(value))) return [];
    return this.#spec.outcomes.map((outcome, k) => violationOf(outcome, values[k] as number));
  }

  /** What is missing of a trial that ended well; null when nothing is. */
  missingResult(): string | null {
    const { objectives, outcomes } = this.#spec;
    const wanted = [
      ...objectives.map(({ metric }, k) => ({
        name: `the objective ${metric}`,
        track: this.#objectives[k],
      })),
      ...outcomes.map(({ metric }, k) => ({ name: `the limited metric ${metric}`, track: this.#limited[k] })),
    ].map(({ name, track }) => ({ name, value: track?.value() ?? null }));
    const missing = wanted.filter(({ value }) => value === null).map(({ name }) => name);
    if (missing.length > 0)
      return `exited 0 without reporting ${missing.join(' and ')}${this.#reportedInstead()}`;
    const faults = objectives.map((objective, k) => faultOf(this.values()[k] as number, objective));
    const nan = wanted.find(({ value }) => Number.isNaN(value));
    return faults.find((fault) => fault !== null) ?? (nan ? `${nan.name} is NaN` : null);
  }

  /** A misspelt metric is the usual reason: what came shows it. */
  #reportedInstead(): string {
    return this.#names.size === 0
      ? '; it printed no METRIC line'
      : `; it reported ${[...this.#names].join(', ')}`;
  }
}
