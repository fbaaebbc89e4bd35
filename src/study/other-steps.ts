import { type JudgedSteps, judgedSteps, type ReportedSeries } from '../core/judged-steps.js';
import type { StudySpec } from '../core/spec.js';
import { StepSeries } from '../core/step-series.js';
import type { ChangeFeed, StoredMetric, TrialRecord } from '../storage/storage.js';

/** Trials of which the metrics are read at once. */
const PAGE = 500;

type Reader = Pick<ChangeFeed, 'metricsOf'>;

/** Reads the steps of further objectives and of constrained metrics, which `changes` does not have. */
export class OtherSteps {
  readonly #reader: Reader;
  readonly #studyId: number;
  readonly #spec: Pick<StudySpec, 'objectives' | 'metricConstraints'>;

  constructor(reader: Reader, studyId: number, spec: Pick<StudySpec, 'objectives' | 'metricConstraints'>) {
    this.#reader = reader;
    this.#studyId = studyId;
    this.#spec = spec;
  }

  /** Returns the trials with those steps. */
  async addTo(trials: readonly TrialRecord[]): Promise<(TrialRecord & JudgedSteps)[]> {
    const stored = await this.#read(trials.map(({ id }) => id));
    return trials.map((trial) => ({ ...trial, ...this.#judged(stored.get(trial.number) ?? []) }));
  }

  /** Returns the values of trials by their number. */
  async #read(ids: readonly number[]): Promise<ReadonlyMap<number, readonly StoredMetric[]>> {
    const stored = new Map<number, StoredMetric[]>();
    for (let from = 0; from < ids.length; from += PAGE) {
      for (const metric of await this.#reader.metricsOf(this.#studyId, ids.slice(from, from + PAGE))) {
        const list = stored.get(metric.trial);
        if (list) list.push(metric);
        else stored.set(metric.trial, [metric]);
      }
    }
    return stored;
  }

  #judged(metrics: readonly StoredMetric[]): JudgedSteps {
    const { objectives, metricConstraints: constraints } = this.#spec;
    const seriesOf = ({ metric }: { readonly metric: string }): ReportedSeries => {
      const series = new StepSeries();
      for (const { name, step, value } of metrics) if (name === metric) series.set(step, value);
      return { steps: series.steps(), final: series.final };
    };
    return judgedSteps({
      objectives: objectives.map(seriesOf),
      constraints,
      constrained: constraints.map(seriesOf),
    });
  }
}
