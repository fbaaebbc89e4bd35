import { createHash } from 'node:crypto';
import { fillTemplate } from '../../core/template.js';
import type { SweepEvent } from '../../study/events.js';
import type { Target } from './target.js';

/** What W&B is told of a run when it begins; stored at the head of its journal. */
export type RunMetadata = {
  /** Its name in addresses: `[a-z0-9]+`. */
  readonly id: string;
  readonly trial: number;
  readonly attempt: number;
  readonly project: string;
  readonly entity: string | null;
  readonly displayName: string;
  readonly group: string;
  readonly jobType: string | null;
  readonly tags: readonly string[];
  readonly notes: string | null;
  /** What the trainer was given, its seed, and under `hpo` where it belongs. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly startedAtMs: number;
};

export type StudyIdentity = {
  readonly name: string;
  /** Tells the study from others of its name, earlier ones or in other databases. */
  readonly key: string;
};

/**
 * The same for every orchestrator that follows this attempt, so that one which takes it over goes on in the same run.
 * An attempt that is tried again is another run: what it reported no longer counts, and W&B never forgets a row.
 */
export function runId({ key }: StudyIdentity, trial: number, attempt: number): string {
  const text = JSON.stringify([key, trial, attempt]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

type Started = Extract<SweepEvent, { type: 'trial-started' }>;

/** Longer texts are refused by the server. */
const LIMITS = { name: 128, group: 128, tag: 64, jobType: 64 };

export function makeHead(study: StudyIdentity, event: Started, target: Target, nowMs: number): RunMetadata {
  const { trial, attempt, configuration, repeat, seed, device, params } = event;
  const { options, project, entity } = target;
  const words: Readonly<Record<string, unknown>> = {
    ...params,
    ...{ study: study.name, trial, attempt, configuration, repeat, seed, device },
  };
  const fill = (template: string, limit = 1000) =>
    fillTemplate(template, (name) => (Object.hasOwn(words, name) ? String(words[name]) : '')).slice(0, limit);
  const hpo = { study: study.name, trial, attempt, configuration, repeat, device };
  return {
    id: runId(study, trial, attempt),
    trial,
    attempt,
    project,
    entity,
    displayName: fill(options.name, LIMITS.name),
    group: fill(options.group, LIMITS.group),
    jobType: options.jobType === null ? null : fill(options.jobType, LIMITS.jobType),
    // A tag of a parameter that is not active would be empty, and two may come to the same.
    tags: [...new Set(options.tags.map((tag) => fill(tag, LIMITS.tag)))].filter(Boolean),
    notes: options.notes === null ? null : fill(options.notes),
    config: { seed, ...params, hpo },
    startedAtMs: nowMs,
  };
}
