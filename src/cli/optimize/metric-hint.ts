import { StringDecoder } from 'node:string_decoder';
import { findTrial } from '../../control/find-trial.js';
import { isRunMetric } from '../../core/run-metrics.js';
import { shellWord } from '../../core/shell-word.js';
import type { StudySpec } from '../../core/spec.js';
import { controlOf } from '../../executors/registry.js';
import { detectMetrics, metricsLine } from '../../protocol/detect/detect.js';
import type { Storage } from '../../storage/storage.js';
import type { SweepEvent } from '../../study/events.js';
import { printError, warn } from '../output.js';
import type { OptimizeRequest } from './options.js';

/** As much of a log as is searched for metrics. */
const MAX_BYTES = 4 * 1024 * 1024;

type HintedSweep = {
  readonly storage: Storage;
  readonly study: {
    readonly id: number;
    readonly name: string;
    readonly spec: Pick<StudySpec, 'objectives' | 'trainer'>;
  };
  readonly request: Pick<OptimizeRequest, 'sweepText'>;
};

/** Finds out how a trainer prints its metrics whose trials end without one. */
export class MetricHint {
  #trial: number | null = null;

  /** Notes the first trial that ended well and reported no objective. */
  note(event: SweepEvent): void {
    if (event.type !== 'trial-finished' || event.state !== 'fail') return;
    if (/^exited 0 without reporting the objective/.test(event.reason ?? '')) this.#trial ??= event.trial;
  }

  /** Prints the setting that reads the objective from that trial's output; nothing when there is no such trial, or it is not found. */
  async show({ storage, study, request }: HintedSweep): Promise<void> {
    const trial = this.#trial;
    const { objectives, trainer } = study.spec;
    const metric = objectives.find((objective) => !isRunMetric(objective.metric))?.metric;
    // With a format that somebody chose, the reason of the failure says what was not found.
    if (trial === null || metric === undefined || trainer.metrics !== undefined) return;
    const found = detectMetrics(await logOf(storage, study, trial), metric);
    if (found === null || found.format.format === 'metric') return;
    const { pattern } = found.format;
    const isTuned = request.sweepText !== undefined && pattern !== undefined;
    warn(`trial ${trial} printed its metrics, but not as METRIC lines`);
    printError(`fix: ${isTuned ? `--metric-pattern ${shellWord(pattern)}` : metricsLine(found.format)}`);
  }
}

async function logOf(
  storage: Storage,
  study: { readonly id: number; readonly name: string },
  trial: number,
): Promise<string> {
  const { id } = await findTrial(storage, study, trial);
  const attempt = (await storage.attempts({ trialId: id })).at(-1);
  const control = attempt === undefined ? null : await controlOf(attempt.handle);
  if (attempt === undefined || control === null) return '';
  const decoder = new StringDecoder('utf8');
  let text = '';
  let bytes = 0;
  for await (const part of control.logs({ trial, token: attempt.token, handle: attempt.handle }, 0)) {
    text += decoder.write(Buffer.from(part));
    bytes += part.length;
    if (bytes > MAX_BYTES) break;
  }
  return text;
}
