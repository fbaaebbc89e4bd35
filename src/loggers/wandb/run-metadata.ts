import { createHash } from 'node:crypto';
import { fillTemplate } from '../../core/template.js';
import type { SweepEvent } from '../../study/events.js';
import type { Target } from './target.js';

/** What W&B receives when a run begins; the first line of its journal. */
export type RunMetadata = {
  /** Id in addresses: `[a-z0-9]+`. */
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
  /** Parameters, seed, and under `hpo` study, trial and attempt. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly startedAtMs: number;
};

export type StudyIdentity = {
  readonly name: string;
  /** Distinguishes the study from others of the same name, earlier ones or in other databases. */
  readonly key: string;
};

/**
 * Returns the id of an attempt's run. It is the same for every orchestrator, so that one that reattaches continues the same run. A
 * retry is another run: the earlier reports no longer count, and W&B never deletes a row.
 */
export function runId({ key }: StudyIdentity, trial: number, attempt: number): string {
  const text = JSON.stringify([key, trial, attempt]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

type Started = Extract<SweepEvent, { type: 'trial-started' }>;

/** The server refuses longer texts. */
const LIMITS = { name: 128, group: 128, tag: 64, jobType: 64 };

/** Returns the metadata of the run of a started attempt, with all templates filled. */
export function makeHead(study: StudyIdentity, event: Started, target: Target, nowMs: number): RunMetadata {
  const { trial, attempt, configuration, repeat, seed, device, params } = event;
  const { options, project, entity } = target;
  const values: Readonly<Record<string, unknown>> = {
    ...params,
    ...{ study: study.name, trial, attempt, configuration, repeat, seed, device },
  };
  const fill = (template: string, limit = 1000) =>
    fillTemplate(template, (name) => (Object.hasOwn(values, name) ? String(values[name]) : '')).slice(
      0,
      limit,
    );
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
    // A tag of an inactive parameter would be empty, and two tags may be equal.
    tags: [...new Set(options.tags.map((tag) => fill(tag, LIMITS.tag)))].filter(Boolean),
    notes: options.notes === null ? null : fill(options.notes),
    config: { seed, ...params, hpo },
    startedAtMs: nowMs,
  };
}
