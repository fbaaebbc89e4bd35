import { type HpoError, usageError } from '../../core/errors.js';
import { effectiveNames } from '../../core/space.js';
import { rerunCommand } from '../../executors/rerun-command.js';
import type { RankedConfiguration } from '../../results/results-model.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { attemptsHere } from '../attempts-here.js';
import type { ReadableStudy } from '../studies.js';

/**
 * Returns the command line that runs a configuration again, as its first trial ran.
 * @throws HpoError best.no-command (usage) where nobody knows it.
 */
export async function commandOf(
  storage: Storage,
  { record, study }: { readonly record: StudyRecord; readonly study: ReadableStudy },
  { trials, params }: Pick<RankedConfiguration, 'trials' | 'params'>,
): Promise<string> {
  if (record.spec === null) throw noCommand(study);
  const names = effectiveNames(study.space);
  const here = attemptsHere(storage, record);
  for (const number of [...trials].sort((a, b) => a - b)) {
    const [row] = await storage.rows(record.id, number, 1);
    if (row?.number !== number) continue;
    const line = rerunCommand(study.spec, { ...(await here(row)), params }, names);
    if (line !== null) return line;
  }
  throw noCommand(study);
}

function noCommand({ name }: ReadableStudy): HpoError {
  return usageError('best.no-command', `nobody knows the command of the best trial of study ${name}`, {
    fix: 'its program ran it, not a command; its parameters: hpo best --top 1 --json',
  });
}
