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
  /** Where this continues the run of an earlier attempt: the ids that the run may have, the likeliest first. Otherwise empty. */
  readonly earlier: readonly string[];
  /** Whether this carries only the end of a trial that was paused, and nothing else of a run. */
  readonly isEndOnly: boolean;
  /** Parameters, seed, and under `hpo` study, trial and attempt. */
  readonly config: Readonly<Record<string, unknown>>;
};

/** The server refuses longer texts. */
const LIMITS = { name: 128, group: 128, tag: 64, jobType: 64 };

/** Attempts of one trial that are looked through for the run that is continued. */
const MAX_EARLIER = 200;
/** Number of the attempt, in journals, of the end of a trial that was paused: it is delivered last. */
const ENDED = 1_000_000;

/** Returns the ids of the runs of a trial's attempts, the newest first. Some continue the run of one before, and have none. */
function idsOf(study: StudyIdentity, trial: number, attempts: number): string[] {
  const count = Math.min(attempts, MAX_EARLIER);
  return Array.from({ length: count }, (_, k) => runId(study, trial, attempts - k));
}

/** Returns the head that carries only the end of a trial that was paused after so many attempts. */
export function pausedHead(
  study: StudyIdentity,
  { trial, attempts }: { readonly trial: number; readonly attempts: number },
  { project, entity }: Target,
  nowMs: number,
): RunMetadata {
  return {
    id: runId(study, trial, ENDED),
    trial,
    attempt: ENDED,
    project,
    entity,
    displayName: `${study.name}-${trial}`,
    group: '',
    jobType: null,
    tags: [],
    notes: null,
    earlier: idsOf(study, trial, attempts),
    isEndOnly: true,
    config: {},
    startedAtMs: nowMs,
  };
}

/**
 * Returns the metadata of the run of a started attempt, with all templates filled. `continues`: the attempt before was paused,
 * and this one goes further.
 */
export function makeHead(
  study: StudyIdentity,
  event: Started,
  target: Target,
  { nowMs, continues }: { readonly nowMs: number; readonly continues: boolean },
): RunMetadata {
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
    earlier: continues ? idsOf(study, trial, attempt - 1) : [],
    isEndOnly: false,
    config: { seed, ...params, hpo },
    startedAtMs: nowMs,
  };
}
