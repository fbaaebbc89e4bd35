import type { SweepEvent } from '../../study/events.js';

/** Version of the format. It changes when an event or a field is renamed, removed or redefined, not when one is added. */
export const EVENTS_VERSION = 2;

type EventOf<T extends SweepEvent['type']> = Extract<SweepEvent, { readonly type: T }>;
type About<F extends PropertyKey> = {
  readonly about: string;
  readonly fields: { readonly [K in F]: string };
};
type Table = { readonly [T in SweepEvent['type']]: About<Exclude<keyof EventOf<T>, 'type'>> };

/** Fields of every line. */
export const COMMON_FIELDS = {
  event: 'name of the event: one of those below',
  at: 'time at which the line was written, in UTC, with milliseconds',
  study: 'name of the study',
  call: 'random text that identifies the `hpo optimize` process that wrote the line',
} as const;

export const HELLO = {
  about: 'an `hpo optimize` starts; its first line',
  fields: {
    version: `version of this format: ${EVENTS_VERSION}`,
    host: 'name of the machine that runs it',
    objectives: 'list of `{metric, direction}`',
  },
} as const;

export const DROPPED = {
  about: 'the disk was full for so long that lines were dropped',
  fields: { lines: 'number of dropped lines' },
} as const;

/** Meaning and fields of each event. The type requires an entry for every event and field. docs/events.md is generated from it. */
export const EVENTS: Table = {
  'trial-started': {
    about: 'hpo started an attempt of a trial, or reattached to one that an earlier `hpo optimize` started',
    fields: {
      trial: 'number of the trial, from 0',
      attempt: '1 for the first attempt, higher for retries',
      configuration: 'number of the configuration, which repeats share',
      repeat: 'index of the repeat, from 0',
      seed: 'seed passed to the trainer',
      device: '`cpu`, or GPUs such as `0` or `0,1`',
      params: 'parameters passed to the trainer: name -> value',
      reattached: 'true: hpo reattached to the attempt. All its reports follow again, from the first',
    },
  },
  'trial-placed': {
    about: 'a cluster has begun to run an attempt (`executor: slurm` and others)',
    fields: {
      trial: 'number of the trial',
      attempt: '1 for the first attempt, higher for retries',
      host: 'host on which it runs; null where the cluster does not say',
      job: "the cluster's id of its job; null where it does not say",
    },
  },
  'sampler-selected': {
    about: 'the sampler `auto` switched to another sampler',
    fields: { sampler: 'name of the sampler', why: 'reason, as text' },
  },
  'trial-reported': {
    about: 'hpo stored values of METRIC lines',
    fields: {
      trial: 'number of the trial',
      points:
        'list of `{name, step, value}` in the order of the lines; `step` is null for a final value; `counted` is true ' +
        'where the trainer named no step and hpo counted',
    },
  },
  'trial-pruning': {
    about: 'the pruner decided to stop the trial; hpo is stopping the trainer',
    fields: { trial: 'number of the trial', reason: 'reason, as text' },
  },
  'trial-finished': {
    about: 'a trial reached a final state',
    fields: {
      trial: 'number of the trial',
      state: '`complete`, `pruned` or `fail`',
      values: 'one for each objective; null when the trial has no result',
      feasible: 'false: the trial violates a metric constraint',
      violations: 'violation of each metric constraint: positive where violated, otherwise 0 or less',
      reason: 'why the trial failed or was pruned; null otherwise',
      durationMs: 'duration of the last attempt, in milliseconds',
      tail: "the last lines of the trainer's output",
    },
  },
  'trial-paused': {
    about: 'a trial reached its target step and was paused; the scheduler may continue it later',
    fields: {
      trial: 'number of the trial',
      step: 'step at which it is paused',
      reason: 'reason, as text',
      durationMs: 'duration of the attempt, in milliseconds',
    },
  },
  'trial-continued': {
    about: 'the scheduler continues a paused trial; `trial-started` of its next attempt follows',
    fields: {
      trial: 'number of the trial',
      fromStep: 'step at which it was paused',
      toStep: 'step to which it trains; null: to its end',
      reason: 'reason, as text',
    },
  },
  'trial-requeued': {
    about:
      'an attempt ended and hpo will retry the trial; its reports are discarded, unless the next attempt resumes from a ' +
      'checkpoint',
    fields: { trial: 'number of the trial', reason: 'reason, as text' },
  },
  'trial-taken-over': {
    about: 'another process finished the trial or reattached to it',
    fields: { trial: 'number of the trial' },
  },
  warning: {
    about: 'a problem that a person should see',
    fields: { trial: 'number of the trial; null when it concerns no single trial', message: 'text' },
  },
  'waiting-for-gpu': {
    about: 'hpo is waiting: other sweeps hold all GPUs',
    fields: { holders: 'list of `{device, pid, watched, study, trial}`: who holds each GPU' },
  },
  'gpus-low-memory': {
    about: 'GPUs have less free memory than `min_free_memory`; hpo does not use them until they have enough',
    fields: { gpus: 'list of `{device, freeMiB, usedMiB, totalMiB}`; null where unknown' },
  },
  'gpu-used': {
    about: 'current GPU usage of a running trial',
    fields: {
      trial: 'number of the trial',
      sample:
        '`{cardUtilizationPercent, memoryMiB, cardMemoryMiB, shared}`; null where unknown; `shared`: true when another ' +
        'process used, or may have used, the same cards',
    },
  },
  'sweep-paused': {
    about: 'somebody paused the study (`hpo pause`); no trial starts, running trials finish',
    fields: {},
  },
  'sweep-resumed': { about: 'somebody resumed the study; trials start again', fields: {} },
  'budget-spent': {
    about: 'another percent of the `budget` is spent: of the limit that is nearest to its end',
    fields: {
      what: '`steps`, `hours` or the name of a metric',
      spent: 'how much of it the study has spent',
      max: 'how much it may spend',
    },
  },
  'limits-changed': {
    about: 'somebody changed limits of the running sweep (`hpo set`)',
    fields: {
      limits:
        'what changed: `trials`, `maxConcurrent`, `patience`, `timeoutMs`, `trialTimeoutMs`, `noProgressTimeoutMs`, `epochs`, `spending`; null: no limit',
      total: 'trials that the study will have in the end; null when unknown',
    },
  },
  'terminator-judged': {
    about: 'the terminator was asked whether the sweep is to end',
    fields: {
      stop: 'whether it ends the sweep',
      reason: 'why',
      gain: "`{improvement, limit}`: the largest improvement that is still expected, and below which the sweep ends, in the objective's units; null when unknown",
    },
  },
  'priors-changed': {
    about: 'another process gave the parameters other priors; the next proposals use them',
    fields: {},
  },
  'space-changed': {
    about: 'another process gave the study other ranges, choices or constraints; the next proposals use them',
    fields: {},
  },
  stopping: {
    about: 'hpo starts no new trials; running trials finish or are stopped',
    fields: {
      why: '`drain`, `abort`, `timeout`, `failures`, `max-failures`, `max-consecutive-failures`, `epochs`, `spent`, `target`',
    },
  },
  'sweep-finished': {
    about: 'the `hpo optimize` ends; its last line, unless it was killed',
    fields: {
      end:
        '`exhausted`, `budget`, `converged`, `patience`, `epochs`, `spent`, `timeout`, `target`, `failures`, `max-failures`, ' +
        '`max-consecutive-failures`, `interrupted`',
      detail: 'text; may be empty',
      savings:
        '`scheduler`: its name; `steps`, `hours`: each `spent` and `full`, what the same trials would have cost in full, null when ' +
        'unknown. Steps are distinct steps of all trials, hours those of one slot. Null: nobody has counted',
    },
  },
};

/** The table of docs/events.md. */
export function eventsTable(): string {
  const fields = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, about]) => `\`${name}\`: ${about}`);
  const rows = Object.entries({ hello: HELLO, ...EVENTS, 'lines-dropped': DROPPED }).map(([name, entry]) => [
    `\`${name}\``,
    entry.about,
    fields(entry.fields).join('; '),
  ]);
  return [
    ['Event', 'What happened', 'Fields'],
    ['-', '-', '-'],
    ['every line', '', fields(COMMON_FIELDS).join('; ')],
    ...rows,
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
