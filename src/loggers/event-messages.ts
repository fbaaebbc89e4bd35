import type { Params } from '../core/distribution.js';
import type { GpuSample } from '../core/gpu-use.js';
import { paramText } from '../core/param-text.js';
import { printable, printableLine } from '../core/printable.js';
import { limitsText } from '../core/study-control.js';
import type { LeaseHolder, LowMemoryGpu, MetricPoint } from '../executors/executor.js';
import type { SweepEvent } from '../study/events.js';
import { cellText } from './csv/format.js';

/** Longer values are cut in messages; the table and the database have them whole. */
const VALUE_LENGTH = 80;
/** The same for a quoted line of a trial's log. */
const LOG_LINE_LENGTH = 300;

/** Returns `learner.opt=adam batch_size=32`, on one line whatever the values contain. */
export function paramsText(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${printableLine(name)}=${oneLine(paramText(value))}`)
    .join(' ');
}

function oneLine(text: string): string {
  // Cut before and after: a long text costs only its beginning, and an escape is longer than its character.
  const plain = printableLine(text.slice(0, VALUE_LENGTH + 1));
  return plain.length > VALUE_LENGTH ? `${plain.slice(0, VALUE_LENGTH - 1)}…` : plain;
}

/** Returns `epoch_loss=0.21 epoch_accuracy=0.93`, at most six digits each. */
export function pointsText(points: readonly MetricPoint[]): string {
  return printable(points.map(({ name, value }) => `${name}=${numberText(value)}`).join(' '));
}

/** Returns a number with at most six significant digits; nan and inf as METRIC writes them. */
export function numberText(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : cellText(value);
}

/** Returns `850 ms`, `12.3 s`, `4 min 05 s` or `2 h 10 min`. */
export function durationText(durationMs: number): string {
  // At these limits rounding would reach the next unit: `1000 ms`, `60.0 s`.
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
}

const STOPPING = {
  drain: 'no new trials; running ones finish (Ctrl-C again stops them)',
  abort: 'stopping the running trials; they are queued again',
  timeout: 'the time is up: no new trials; running ones finish',
  failures: 'no new trials: every trial so far failed',
  'max-failures': 'max_failures is reached: no new trials; running ones finish',
  'max-consecutive-failures': 'max_consecutive_failures is reached: no new trials; running ones finish',
  epochs: 'the budget of epochs is spent: no new trials; running ones finish',
  spent: 'the budget is spent: no new trials; running ones finish',
  target: 'the target is reached: no new trials; running ones finish',
} as const;

/** Returns the text of an event, in lines without control characters. `withSeed`: trials start with their seed. */
export function describeEvent(event: SweepEvent, { withSeed } = { withSeed: true }): string[] {
  return textOf(event, withSeed).map(printableLine);
}

function textOf(event: SweepEvent, withSeed: boolean): string[] {
  switch (event.type) {
    case 'trial-started': {
      const again = event.reattached
        ? 'reattached'
        : event.attempt > 1
          ? `attempt ${event.attempt} started`
          : 'started';
      const seed = withSeed ? ` seed=${event.seed}` : '';
      return [`trial ${event.trial} ${again} on ${event.device}: ${paramsText(event.params)}${seed}`];
    }
    case 'trial-placed':
      return [`trial ${event.trial} runs ${placeText(event)}`];
    case 'sampler-selected':
      return [`auto selected ${event.sampler}: ${event.why}`];
    case 'trial-reported':
      return [...new Set(event.points.map((p) => p.step))].map((step) => {
        const at = step === null ? 'final' : `step ${step}`;
        return `trial ${event.trial} ${at}: ${pointsText(event.points.filter((p) => p.step === step))}`;
      });
    case 'trial-pruning':
      return [`trial ${event.trial} is pruned: ${event.reason}`];
    case 'trial-finished':
      return describeFinish(event);
    case 'trial-paused':
      return [`trial ${event.trial} is paused at step ${event.step} after ${durationText(event.durationMs)}`];
    case 'trial-continued': {
      const to = event.toStep === null ? 'its end' : `step ${event.toStep}`;
      return [`trial ${event.trial} continues from step ${event.fromStep} to ${to}: ${event.reason}`];
    }
    case 'trial-requeued':
      return [`trial ${event.trial} is queued again: ${event.reason}`];
    case 'trial-taken-over':
      return [`trial ${event.trial} was finished or reattached by another process`];
    case 'warning':
      return [`warning: ${event.trial === null ? '' : `trial ${event.trial}: `}${event.message}`];
    case 'waiting-for-gpu':
      return [`waiting for a slot: ${event.holders.map(holderText).join('; ')}`];
    case 'gpus-low-memory':
      return [`left out until min_free_memory is free: ${event.gpus.map(busyText).join('; ')}`];
    case 'gpu-used':
    case 'budget-spent':
    case 'terminator-judged':
      return [];
    case 'sweep-paused':
      return ['the study is paused: no new trials; running ones finish (hpo resume starts trials again)'];
    case 'sweep-resumed':
      return ['the study is resumed: trials start again'];
    case 'limits-changed':
      return [`limits changed by hpo set: ${limitsText(event.limits)}`];
    case 'priors-changed':
      return ['the priors of parameters were changed: the next proposals use them'];
    case 'space-changed':
      return ['the ranges, choices or constraints of the study were changed: the next proposals use them'];
    case 'stopping':
      return [STOPPING[event.why]];
    case 'sweep-finished':
      return [`sweep ended (${event.end})${event.detail ? `: ${event.detail}` : ''}`];
  }
}

/** Returns `on n1 as job 4711`, as far as it is known. */
export function placeText({
  host,
  job,
}: {
  readonly host: string | null;
  readonly job: string | null;
}): string {
  return [host && `on ${host}`, job && `as job ${job}`].filter(Boolean).join(' ');
}

/** Returns `GPU 0 is held by study s, trial 3 (pid 4711)`. */
export function holderText({ device, pid, watched, study, trial }: LeaseHolder): string {
  const what = study === null ? 'a sweep' : `study ${oneLine(study)}, trial ${trial}`;
  return `GPU ${device} is held by ${what} (${watched ? `pid ${pid}` : 'its hpo has ended, its trainer runs on'})`;
}

/** Returns `GPU 0 (70.1 of 79.6 GiB used, 9.5 GiB free)`. */
export function busyText({ device, freeMiB, usedMiB, totalMiB }: LowMemoryGpu): string {
  const used = usedMiB === null || totalMiB === null ? '' : `${gib(usedMiB)} of ${gib(totalMiB)} GiB used, `;
  return `GPU ${device} (${used}${gib(freeMiB)} GiB free)`;
}

/** Returns `63 % 4.1 GiB`: the utilization of the cards and the trial's memory on them; all used memory, in brackets, when its own is unknown. */
export function gpuText({
  cardUtilizationPercent,
  memoryMiB,
  cardMemoryMiB,
}: Omit<GpuSample, 'shared'>): string {
  const memory =
    memoryMiB !== null
      ? `${gib(memoryMiB)} GiB`
      : cardMemoryMiB !== null
        ? `(${gib(cardMemoryMiB)} GiB)`
        : '';
  const percent = cardUtilizationPercent === null ? '' : `${Math.round(cardUtilizationPercent)} %`;
  return `${percent} ${memory}`.trim();
}

function gib(mib: number): string {
  return (mib / 1024).toFixed(1);
}

/** A line of a log, shortened: `hpo logs` shows the whole. */
function quotedLine(line: string): string {
  const text = line.slice(0, LOG_LINE_LENGTH + 1).replaceAll('\t', '    ');
  return text.length > LOG_LINE_LENGTH ? `${text.slice(0, LOG_LINE_LENGTH - 1)}…` : text;
}

function describeFinish(event: Extract<SweepEvent, { type: 'trial-finished' }>): string[] {
  const value = event.values === null ? '' : ` with ${event.values.map(numberText).join(', ')}`;
  const broken = event.feasible ? '' : ' infeasible (breaks a limit)';
  const reason = event.reason === null ? '' : `: ${event.reason}`;
  const first = `trial ${event.trial} ${event.state.toUpperCase()}${value} after ${durationText(event.durationMs)}${broken}${reason}`;
  return event.state === 'fail' ? [first, ...event.tail.map((line) => `  | ${quotedLine(line)}`)] : [first];
}
