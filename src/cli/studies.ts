import { existsSync } from 'node:fs';
import { type HpoError, usageError } from '../core/errors.js';
import { openStorage } from '../storage/open.js';
import type { Storage, StudyRecord, StudySummary } from '../storage/storage.js';
import { objectiveNames } from '../study/optuna-study.js';
import { storedSpec } from '../study/stored-spec.js';
import { warn } from './output.js';
import { DEFAULT_SWEEP } from './paths.js';

export { type ReadableStudy, readableStudy as studyToRead } from '../study/readable-study.js';

export type StudyOptions = { readonly storage: string; readonly study?: string; readonly sweep?: string };

/**
 * Opens a storage, runs the body, and closes it whatever happens. `read` leaves a file of another program unchanged;
 * `create` creates a missing file.
 */
export async function withStorage<T>(
  url: string,
  access: 'read' | 'write' | 'create',
  body: (storage: Storage) => Promise<T>,
): Promise<T> {
  const storage = await openStorage(url, { create: access === 'create', readOnly: access === 'read', warn });
  try {
    return await body(storage);
  } finally {
    await storage.close();
  }
}

/**
 * Returns the study of a command: the named one, else the one in the sweep file, else the only one.
 * @throws HpoError study.not-found or study.which (usage errors).
 */
export async function findStudy(storage: Storage, options: StudyOptions): Promise<StudyRecord> {
  const name = options.study ?? (await nameInSweep(options.sweep ?? DEFAULT_SWEEP));
  if (name !== null) {
    const found = await storage.findStudy(name);
    if (found) return found;
  }
  const studies = await storage.listStudies();
  if (name === null && studies.length === 1) {
    // Read by its name: the list leaves out what cannot be read.
    const only = await storage.findStudy((studies[0] as StudySummary).name);
    if (only) return only;
  }
  const known = studies.map((study) => study.name).join(', ');
  if (name === null && studies.length > 1) {
    throw usageError('study.which', `expected a study name, since ${storage.url} holds several: ${known}`, {
      fix: 'give --study NAME',
    });
  }
  throw usageError(
    'study.not-found',
    `no study ${name === null ? '' : `${name} `}in ${storage.url}${known ? `, which holds ${known}` : ''}`,
    {
      fix: known ? 'give --study NAME' : 'run hpo optimize or hpo study create first',
    },
  );
}

/** Returns the names of the objectives. */
export async function metricsOf(storage: Storage, record: StudyRecord): Promise<readonly string[]> {
  return record.spec === null
    ? objectiveNames(record, await storage.parameterSummary(record.id))
    : storedSpec(record).objectives.map(({ metric }) => metric);
}

/** Returns the name of the study of a sweep file; null without a file. Commands that need more than its name report a broken one. */
export async function nameInSweep(file: string): Promise<string | null> {
  if (!existsSync(file)) return null;
  const [{ parse }, { readText }] = await Promise.all([
    import('../config/plain-yaml.js'),
    import('../config/yaml-text.js'),
  ]);
  try {
    const name = (parse(await readText(file, file), { maxAliasCount: 100 }) as { study?: unknown } | null)
      ?.study;
    if (typeof name === 'string') return name;
    // Loaded only here: its checks take longer than most commands.
    return (await import('../config/default-name.js')).defaultName(file);
  } catch {
    return null;
  }
}

/** The error for a number that no trial has. */
export function noSuchTrial(study: string, number: number): HpoError {
  return usageError('trial.not-found', `study ${study} has no trial ${number}`, { fix: 'see hpo trials' });
}
