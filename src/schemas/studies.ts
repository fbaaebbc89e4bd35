import * as z from 'zod';
import {
  count,
  distinguished,
  failures,
  flag,
  frontMember,
  importance as importanceOf,
  json,
  ms,
  number,
  params,
  ranked,
  savings,
  shownCounts,
  counts as storedCounts,
  study,
  text,
  trial,
} from './values.js';

const direction = z.enum(['minimize', 'maximize']);
const stored = {
  id: count,
  name: text,
  uid: text.nullable(),
  directions: z.array(direction),
  seed: z.int().nullable(),
  createdAtMs: ms.nullable(),
  counts: storedCounts,
  pausedTrials: count,
  configurations: count,
  broken: text.nullable(),
};
const facts = {
  state: z.enum(['running', 'paused', 'finished', 'interrupted', 'open']),
  best: number.nullable(),
  front: count.nullable(),
  lastActivityAtMs: ms.nullable(),
};

/** Of a study that cannot be read only the first part is there. */
export const studyList = z.strictObject({
  ...stored,
  paused: flag,
  ...z.strictObject(facts).partial().shape,
});
export const studyShow = z.strictObject({
  ...stored,
  spec: json,
  ...facts,
  savings: savings.nullable(),
  provenance: z.array(
    z.strictObject({
      atMs: ms,
      host: text.nullable(),
      hpo: text.nullable(),
      node: text.nullable(),
      git: z.strictObject({ commit: text, dirty: flag.nullable() }).nullable(),
      script: z.strictObject({ file: text, sha256: text }).nullable(),
    }),
  ),
  paused: flag,
  limits: z.record(text, json).optional(),
  transfer: z
    .strictObject({
      weight: z.union([z.literal('auto'), z.number()]),
      studies: z.array(
        z.strictObject({
          study,
          storage: text.nullable(),
          trials: count,
          counts: z.number().nullable(),
        }),
      ),
    })
    .optional(),
  parameters: z.array(json).optional(),
});
export const studyCreate = z.strictObject({ study, seed: z.int(), storage: text });
export const studyCopy = z.strictObject({ study, storage: text, trials: count, requeued: count });
export const studyDelete = z.strictObject({ study, trials: count, checkpoints: count });
export const storageCheck = z.strictObject({ storage: text, whole: flag, found: z.array(text) });

const member = z.union([z.strictObject(ranked), z.strictObject(frontMember)]);
export const summary = z.strictObject({
  study,
  counts: shownCounts,
  top: z.array(member),
  frontSize: count.nullable(),
  savings,
  failed: count,
  infeasible: count,
  failures,
  lastActivityAtMs: ms.nullable(),
  importance: z.array(z.strictObject(importanceOf)),
});
export const importance = z.strictObject({
  study,
  objectives: z.array(z.strictObject({ ...importanceOf, notes: z.array(text) })),
});

const budgets = { trials: number, epochs: number, hours: number };
export const compare = z.strictObject({
  studies: z.array(
    z.strictObject({
      study,
      objective: text,
      best: z.strictObject(ranked).nullable(),
      counts: shownCounts,
      epochs: count,
      hours: z.number(),
      atBudget: z.strictObject({
        trials: number.nullable(),
        epochs: number.nullable(),
        hours: number.nullable(),
      }),
    }),
  ),
  budgets: z.strictObject(budgets),
  tests: z.array(
    z.strictObject({
      a: study,
      b: study,
      superiority: z.number().nullable(),
      low: number.nullable(),
      high: number.nullable(),
      pValue: z.number().nullable(),
    }),
  ),
});

export const workers = z.strictObject({
  host: text.nullable(),
  pid: count.nullable(),
  state: z.enum(['alive', 'expired', 'ended', 'unknown']),
  sinceMs: ms.nullable(),
  renewedMsAgo: ms.nullable(),
  leaseMs: ms.nullable(),
  slots: count.nullable(),
  devices: text.nullable(),
  executor: text.nullable(),
  trials: z.array(trial),
});

/** `best` of one objective (null: no feasible one), `front` of several. */
export const optimize = z.strictObject({
  study,
  end: text,
  detail: text,
  started: count,
  counts: shownCounts,
  expectedGain: z.strictObject({ improvement: number, limit: number }).optional(),
  budget: z.array(z.strictObject({ what: text, spent: z.number(), max: z.number() })).optional(),
  best: z.strictObject(distinguished).nullable().optional(),
  front: z.array(z.strictObject(frontMember)).optional(),
  sampler: text,
  pruner: text,
  infeasible: count,
  savings,
  failures,
  csv: text.nullable(),
  outputs: text,
  commands: z.array(text),
});

const words = z.array(text);
export const plan = z.strictObject({
  study,
  plan: text,
  search: text,
  held: z.array(
    z.strictObject({
      device: text,
      pid: count,
      watched: flag,
      study: text.nullable(),
      trial: trial.nullable(),
    }),
  ),
  busy: z.array(
    z.strictObject({
      device: text,
      freeMiB: z.number(),
      usedMiB: z.number().nullable(),
      totalMiB: z.number().nullable(),
    }),
  ),
  trials: z.array(
    z.strictObject({
      trial,
      attempt: count,
      device: text,
      params,
      pin: z.record(text, text),
      command: words,
      submission: words.nullable(),
    }),
  ),
});

export const enqueue = z.strictObject({ study, trial, params });
