import { StringDecoder } from 'node:string_decoder';
import { nearest } from '../../config/nearest.js';
import { findTrial } from '../../control/find-trial.js';
import { isRunMetric } from '../../core/run-metrics.js';
import { shellWord } from '../../core/shell-word.js';
import type { StudySpec } from '../../core/spec.js';
import { controlOf } from '../../executors/registry.js';
import { attemptsSeen } from '../../executors/study-outputs.js';
import { detectMetrics, metricsLine } from '../../protocol/detect/detect.js';
import type { MetricFormat } from '../../protocol/formats/format.js';
import type { Storage } from '../../storage/storage.js';
import type { SweepEvent } from '../../study/events.js';
import { printError, warn } from '../output.js';
import type { OptimizeRequest } from './options.js';

/** As much of a log as is searched for metrics. */
const MAX_BYTES = 4 * 1024 * 1024;

const NOT_AS: Readonly<Record<string, string>> = {
  metric: 'not as METRIC lines',
  regex: 'the pattern does not find them',
};

type HintedSweep = {
  readonly storage: Storage;
  readonly study: {
    readonly id: number;
    readonly name: string;
    readonly spec: Pick<StudySpec, 'objectives' | 'trainer'>;
  };
  readonly request: Pick<OptimizeRequest, 'sweepText' | 'metricHint'>;
  /** Of the study. */
  readonly outputs: { readonly dir: string };
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
  async show({ storage, study, request, outputs }: HintedSweep): Promise<void> {
    const trial = this.#trial;
    const { objectives, trainer } = study.spec;
    const metric = objectives.find((objective) => !isRunMetric(objective.metric))?.metric;
    const chosen = trainer.metrics?.format ?? 'metric';
    // Who chose a format that reads no lines does not want another one.
    if (trial === null || metric === undefined || ['last-number', 'json-file'].includes(chosen)) return;
    const log = await logOf(storage, study, trial, outputs.dir);
    const found = detectMetrics(log, metric);
    const lines = detectMetrics(log);
    const names = lines?.format.format === 'metric' ? lines.metrics.map(({ name }) => name) : [];
    const close = nearest(metric, names);
    if (chosen === 'metric' && names.length > 0 && (close !== null || found === null))
      return showOtherNames(trial, metric, { names, close, request });
    if (found === null && request.metricHint !== undefined) warn(request.metricHint);
    if (found === null || (found.format.format === chosen && chosen !== 'regex')) return;
    warn(`trial ${trial} printed its metrics, but ${NOT_AS[chosen] ?? `not in the format ${chosen}`}`);
    printError(`fix: ${request.sweepText === undefined ? metricsLine(found.format) : flagFor(found.format)}`);
  }
}

/** Its METRIC lines are read, and have other names than the objective. */
function showOtherNames(
  trial: number,
  metric: string,
  {
    names,
    close,
    request,
  }: { names: readonly string[]; close: string | null; request: HintedSweep['request'] },
): void {
  const name = close ?? names[0];
  warn(`trial ${trial} printed METRIC lines with ${names.join(', ')}, and none with ${metric}`);
  printError(
    request.sweepText === undefined
      ? `fix: objective: { metric: ${name} }`
      : `fix: --minimize ${name}, or --maximize ${name}`,
  );
}

/** Returns the flag of `hpo tune` that reads this format. */
function flagFor({ format, pattern }: MetricFormat): string {
  return pattern === undefined ? `--metric-format ${format}` : `--metric-pattern ${shellWord(pattern)}`;
}

async function logOf(
  storage: Storage,
  study: { readonly id: number; readonly name: string },
  trial: number,
  studyDir: string,
): Promise<string> {
  const { id } = await findTrial(storage, study, trial);
  const stored = (await storage.attempts({ trialId: id })).at(-1);
  const control = stored === undefined ? null : await controlOf(stored.handle);
  if (stored === undefined || control === null) return '';
  const { token, handle } = await attemptsSeen(async () => studyDir)(stored);
  const decoder = new StringDecoder('utf8');
  let text = '';
  let bytes = 0;
  for await (const part of control.logs({ trial, token, handle }, 0)) {
    text += decoder.write(Buffer.from(part));
    bytes += part.length;
    if (bytes > MAX_BYTES) break;
  }
  return text;
}
