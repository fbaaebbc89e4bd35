import * as z from 'zod';
import { count, flag, json, number, numbers, study, text, trial } from './values.js';

export const pause = z.strictObject({ study, paused: flag, changed: flag });
export const hide = z.strictObject({ study, trials: z.array(trial), hidden: flag });
export const retry = z.strictObject({ study, queued: z.array(trial) });
export const set = z.strictObject({ study, changed: z.record(text, json), limits: z.record(text, json) });
/** `stopped`: what happened, in words. */
export const stop = z.strictObject({ study, trial: trial.nullable(), stopped: text });
/** `trial` null: of the study. */
export const note = z.strictObject({
  study,
  trial: trial.nullable(),
  note: text.nullable(),
  tags: z.array(text),
});

export const doctor = z.strictObject({
  ok: flag,
  version: text,
  counts: z.strictObject({ ok: count, info: count, warn: count, fail: count }),
  checks: z.array(
    z.strictObject({
      group: text,
      name: text,
      status: z.enum(['ok', 'info', 'warn', 'fail']),
      message: text,
      fix: text.optional(),
      details: z.record(text, z.unknown()).optional(),
    }),
  ),
});

/** `url` has the token that opens the page. */
export const dashboard = z.strictObject({ url: text, port: count, storage: text, readOnly: flag });
export const dashboardFile = z.strictObject({ study, trials: count, file: text, bytes: count });
/** `kept`: where a table of another study that stood there is now. */
export const exportCsv = z.strictObject({ study, file: text, kept: text.nullable() });

const imported = {
  study,
  trials: z.array(trial),
  left: z.array(z.strictObject({ row: count, reason: text })),
};
/** `failed` and `earlier`: of JSON lines. */
export const importResults = z.strictObject({
  ...imported,
  failed: z.array(trial).optional(),
  earlier: z.array(z.strictObject({ ...imported, failed: z.array(trial) })).optional(),
});
/** `text`: the sweep file where it is not written. */
export const importSweep = z.strictObject({
  written: text.nullable(),
  notes: z.array(text),
  text: text.optional(),
});
export const init = z.strictObject({
  written: z.array(text),
  parameters: z.array(text),
  metrics: z.array(z.strictObject({ name: text, direction: text })),
  todo: z.array(text),
});

const axis = z.strictObject({
  label: text,
  scale: z.enum(['linear', 'log', 'time', 'category']),
  domain: numbers,
  categories: z.array(text),
  ticks: z.array(z.strictObject({ value: number, label: text })),
  absent: text.nullable(),
});
const xy = { tone: text, x: numbers, y: numbers };
const low = { low: numbers, high: numbers };
const mark = z.discriminatedUnion('mark', [
  z.strictObject({ mark: z.literal('points'), ...xy, shape: text }),
  z.strictObject({ mark: z.literal('line'), ...xy, isStep: flag, isThick: flag }),
  z.strictObject({ mark: z.literal('band'), tone: text, isStrong: flag, x: numbers, ...low }),
  z.strictObject({
    mark: z.literal('boxes'),
    tone: text,
    left: numbers,
    right: numbers,
    bottom: numbers,
    top: numbers,
  }),
  z.strictObject({ mark: z.literal('intervals'), tone: text, x: numbers, ...low }),
  z.strictObject({ mark: z.literal('bars'), tone: text, y: numbers, value: numbers, ...low }),
]);
const panel = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('cartesian'),
    title: text.nullable(),
    x: axis,
    y: axis,
    marks: z.array(mark),
  }),
  z.strictObject({
    type: z.literal('parallel'),
    axes: z.array(axis),
    lines: z.array(z.strictObject({ tone: text, isThick: flag, values: numbers })),
  }),
]);
/** Every number that is drawn. */
export const plot = z.strictObject({
  kind: text,
  title: text,
  panels: z.array(panel),
  legend: z.array(z.strictObject({ tone: text, symbol: text, label: text })),
  notes: z.array(text),
});

/** What went wrong, the same as on stderr. `exit`: the exit code. Several mistakes of one file come together. */
export const error = z.strictObject({
  exit: z.int(),
  errors: z
    .array(
      z.strictObject({
        code: text,
        message: text,
        fix: text.nullable(),
        place: z.strictObject({ file: text, line: count.optional(), column: count.optional() }).nullable(),
      }),
    )
    .min(1),
});
/** One document of `hpo schema`. */
export const schema = z.strictObject({ name: text, version: count, commands: z.array(text), list: flag });
