import { readdir } from 'node:fs/promises';
import type { Params } from '../../../core/distribution.js';
import type { GpuUse } from '../../../core/gpu-use.js';
import { isFeasible } from '../../../core/metric-constraints.js';
import { printable, printableLine } from '../../../core/printable.js';
import { effectiveNames } from '../../../core/space.js';
import type { AttemptControl } from '../../../executors/executor.js';
import { attemptFolder } from '../../../executors/handle.js';
import { readLastWords } from '../../../executors/log-tail.js';
import { controlOf } from '../../../executors/registry.js';
import { rerunCommand } from '../../../executors/rerun-command.js';
import {
  type AttemptsHere,
  attemptFiles,
  machineOf,
  placeOfAttempt,
} from '../../../executors/study-outputs.js';
import { childrenOf } from '../../../results/lineage.js';
import { shownState, type TrialTable } from '../../../results/trial-table.js';
import type { AttemptRecord, StoredMetric, TrialRow } from '../../../storage/storage.js';
import type { AttemptInfo, TrialInfo } from '../../protocol.js';
import { Refusal } from '../http/refusal.js';
import type { OpenStudy } from './open-study.js';

/** A folder with more files is listed in part. */
const MAX_CHECKPOINTS = 100;

/** Everything that is known of one trial. @throws Refusal when the study has none with this number. */
export async function trialInfo(open: OpenStudy, number: number, here: AttemptsHere): Promise<TrialInfo> {
  const { storage, study, table } = open;
  const [stored] = await storage.rows(study.id, number, 1);
  if (stored?.number !== number) throw noTrial(study.name, number);
  const row = await here(stored);
  const attempts = await attemptsOf(open, number, here);
  const files = filesOf(row);
  const params = shownParams(open, row);
  return {
    number,
    state: shownState(row),
    pausedAt: row.pausedAt,
    feasible: row.violations.length === 0 ? null : isFeasible(row.violations),
    values: row.values,
    params,
    seed: row.seed,
    configuration: row.configuration,
    parent: row.parent,
    children: childrenOf(table, number),
    repeats: row.configuration === null ? [number] : trialsOf(table, row.configuration),
    metrics: byName(await storage.metrics(study.id, number)),
    attempts: await Promise.all(attempts.map((attempt) => attemptInfo(attempt, number))),
    gpuUse: row.gpuUse === null ? null : gpuWords(row.gpuUse),
    reason: row.reason === null ? null : printable(row.reason),
    note: row.note === null ? null : printable(row.note),
    tags: row.tags.map(printable),
    hidden: row.hidden,
    command: commandOf(open, { ...row, params }),
    folder: files?.trialDir ?? null,
    checkpoints: files === null ? [] : await namesIn(files.checkpointDir),
  };
}

/** The attempts of a trial as this machine sees them, the oldest first. */
export async function attemptsOf(
  { storage, study }: OpenStudy,
  number: number,
  here: AttemptsHere,
): Promise<readonly AttemptRecord[]> {
  const [row] = await storage.rows(study.id, number, 1);
  const attempts = row?.number === number ? await storage.attempts({ trialId: row.id }) : [];
  return Promise.all(attempts.map(here));
}

function trialsOf({ configurations }: TrialTable, configuration: number): number[] {
  const found: number[] = [];
  for (const [trial, each] of configurations.values().entries())
    if (each === configuration) found.push(trial);
  return found;
}

export function noTrial(study: string, number: number): Refusal {
  return new Refusal(404, 'trial.not-found', `study ${JSON.stringify(study)} has no trial ${number}`, {
    fix: 'see the table of trials',
  });
}

/** Returns the command line that runs a trial again; null where nobody knows it. */
function commandOf({ record, study }: OpenStudy, row: TrialRow): string | null {
  if (record.spec === null) return null;
  const line = rerunCommand(study.spec, row, effectiveNames(study.space));
  return line === null ? null : printableLine(line);
}

/** Sampled and forced ones in the order of the space, then what the space does not know. */
function shownParams({ study }: OpenStudy, { params, forced }: TrialRow): Params {
  const all = { ...params, ...forced };
  const names = [...new Set([...effectiveNames(study.space), ...Object.keys(all)])];
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name] ?? null]),
  );
}

function byName(stored: readonly StoredMetric[]): TrialInfo['metrics'] {
  const found = new Map<string, { steps: number[]; values: number[]; final: number | null }>();
  for (const { name, step, value } of stored) {
    const metric = found.get(name) ?? { steps: [], values: [], final: null };
    found.set(name, metric);
    if (step === null) metric.final = value;
    else {
      metric.steps.push(step);
      metric.values.push(value);
    }
  }
  return [...found].map(([name, metric]) => ({ name, ...metric }));
}

async function attemptInfo(attempt: AttemptRecord, trial: number): Promise<AttemptInfo> {
  const control = await controlOf(attempt.handle);
  const { host, job } = placeOfAttempt(attempt.handle);
  const machine = machineOf(attempt) ?? host;
  const hasFailed = (attempt.exitCode ?? 0) !== 0 && attempt.cause !== 'pruned';
  const words = hasFailed && control ? await readLastWords(control, { ...attempt, trial }) : null;
  return {
    attempt: attempt.attempt,
    targetStep: attempt.targetStep,
    startedAtMs: attempt.startedAtMs,
    finishedAtMs: attempt.finishedAtMs,
    exitCode: attempt.exitCode,
    reason: attempt.reason === null ? null : printable(attempt.reason),
    lastWords: words === null || attempt.reason?.includes(words) ? null : printableLine(words),
    device: attempt.device === '' ? null : printable(attempt.device),
    machine: machine === null ? null : printableLine(machine),
    job: job === null ? null : printableLine(job),
    hasLog: control !== null && (await hasOutput(control, { ...attempt, trial })),
  };
}

async function hasOutput(
  control: AttemptControl,
  attempt: Parameters<AttemptControl['logs']>[0],
): Promise<boolean> {
  try {
    for await (const part of control.logs(attempt, 0)) return part.length > 0;
  } catch {
    // It cannot be read, which asking for it explains.
    return true;
  }
  return false;
}

/** Null for a trial without a folder, or with a handle that names none. */
function filesOf({ handle, number }: TrialRow) {
  const folder = handle === null ? null : attemptFolder(handle);
  if (folder === null) return null;
  try {
    return attemptFiles(folder, number);
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort().slice(0, MAX_CHECKPOINTS).map(printable);
  } catch {
    return [];
  }
}

function gpuWords({ cardUtilizationPercent, memoryMiB, cardMemoryMiB, shared }: GpuUse): string {
  const words = [
    cardUtilizationPercent && `${Math.round(cardUtilizationPercent.mean)}% busy on average`,
    memoryMiB && `at most ${Math.round(memoryMiB.max)} MiB of its own`,
    cardMemoryMiB && `at most ${Math.round(cardMemoryMiB.max)} MiB on its cards`,
    shared && 'others used its cards too',
  ];
  return words.filter(Boolean).join(', ');
}
