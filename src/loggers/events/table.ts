import type { SweepEvent } from '../../study/events.js';

/** Changes when a field is taken away or means something else; what is added does not change it. */
export const EVENTS_VERSION = 1;

type EventOf<T extends SweepEvent['type']> = Extract<SweepEvent, { readonly type: T }>;
type About<F extends PropertyKey> = {
  readonly about: string;
  readonly fields: { readonly [K in F]: string };
};
type Table = { readonly [T in SweepEvent['type']]: About<Exclude<keyof EventOf<T>, 'type'>> };

/** Fields that every line has. */
export const COMMON_FIELDS = {
  event: 'what happened: one of the names below',
  at: 'when the line was written, in UTC, with milliseconds',
  study: 'name of the study',
  call: 'which call of hpo wrote it: random text, the same on all its lines',
} as const;

export const HELLO = {
  about: 'a call of hpo begins; the first line that it writes',
  fields: {
    version: `version of this format: ${EVENTS_VERSION}`,
    objectives: 'list of `{metric, direction}`',
  },
} as const;

export const DROPPED = {
  about: 'lines found no place on a full disk for so long that they were let go',
  fields: { lines: 'how many' },
} as const;

/** What each event is and tells; the types see to it that none is missing. docs/events.md is made from it. */
export const EVENTS: Table = {
  'trial-started': {
    about: 'an attempt of a trial was started, or taken over from a call that is gone',
    fields: {
      trial: 'number of the trial, from 0',
      attempt: '1, or more when the trial is tried again',
      configuration: 'number of the configuration, which repeats share',
      repeat: 'which of its repeats, from 0',
      seed: 'seed that the trainer is given',
      device: '`cpu`, or GPUs such as `0` or `0,1`',
      params: 'what the trainer is given: name -> value',
      adopted: 'true: taken over. All its reports are told again, from the first',
    },
  },
  'sampler-picked': {
    about: '`auto` chose another sampler than before',
    fields: { sampler: 'its name', why: 'in words' },
  },
  'trial-reported': {
    about: 'values of METRIC lines were stored',
    fields: {
      trial: 'number of the trial',
      points:
        'list of `{name, step, value}` in the order of the lines; `step` is null for a final value; `counted` is true ' +
        'where nobody named the step',
    },
  },
  'trial-pruning': {
    about: 'the pruner says stop; the trainer is being ended',
    fields: { trial: 'number of the trial', reason: 'in words' },
  },
  'trial-finished': {
    about: 'a trial has ended for good',
    fields: {
      trial: 'number of the trial',
      state: '`complete`, `pruned` or `fail`',
      values: 'one for each objective; null when there is none',
      feasible: 'false: it breaks a limit of a metric',
      violations: 'how far it breaks each limit, at most 0 where it does not',
      reason: 'why it failed or was pruned; null',
      durationMs: 'of its last attempt, in milliseconds',
      tail: "the last lines of the trainer's output",
    },
  },
  'trial-queued': {
    about:
      'an attempt ended and the trial will be tried again; what it reported no longer counts, unless the next attempt ' +
      'goes on from a checkpoint',
    fields: { trial: 'number of the trial', reason: 'in words' },
  },
  'trial-lost': {
    about: 'another process finished the trial or took it over',
    fields: { trial: 'number of the trial' },
  },
  warning: {
    about: 'something that people should see',
    fields: { trial: 'number of the trial; null when it belongs to none', message: 'in words' },
  },
  'slots-awaited': {
    about: 'all GPUs are taken by other sweeps',
    fields: { holders: 'list of `{device, pid, watched, study, trial}`: who has them' },
  },
  'gpus-busy': {
    about: 'GPUs are left out until they have as much memory free as `min_free_memory` asks for',
    fields: { gpus: 'list of `{device, freeMiB, usedMiB, totalMiB}`; null for what is not known' },
  },
  'gpu-used': {
    about: 'what a running trial uses of its GPUs at the moment',
    fields: {
      trial: 'number of the trial',
      sample:
        '`{cardUtilizationPercent, memoryMiB, cardMemoryMiB, shared}`; null for what is not known; `shared`: somebody else ' +
        'was, or may have been, on its cards',
    },
  },
  stopping: {
    about: 'no new trials; running ones finish or are stopped',
    fields: {
      why: '`drain`, `abort`, `timeout`, `failures`, `max-failures`, `max-consecutive-failures`, `epochs`, `target`',
    },
  },
  'sweep-finished': {
    about: 'the call has no more to do; the last line of one that was not killed',
    fields: {
      end:
        '`exhausted`, `budget`, `converged`, `epochs`, `timeout`, `target`, `failures`, `max-failures`, ' +
        '`max-consecutive-failures`, `interrupted`',
      detail: 'in words; may be empty',
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
