import { fillTemplate } from '../../core/template.js';
import type { RunHead } from '../runs/journal.js';
import { runId, type Started, type StudyIdentity } from '../runs/run-format.js';
import type { Target } from './target.js';

/** What W&B receives when a run begins; the first line of its journal. */
export type RunMetadata = RunHead & {
  readonly project: string;
  readonly entity: string | null;
  readonly group: string;
  readonly jobType: string | null;
  readonly tags: readonly string[];
  readonly notes: string | null;
  /** Parameters, seed, and under `hpo` study, trial and attempt. */
  readonly config: Readonly<Record<string, unknown>>;
};

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
