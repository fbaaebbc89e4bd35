import { dirname, join } from 'node:path';
import { paramsJson } from '../../../core/param-text.js';
import { printableLine } from '../../../core/printable.js';
import { shellWord } from '../../../core/shell-word.js';
import { effectiveNames } from '../../../core/space.js';
import { handleKind } from '../../../executors/handle.js';
import { paramsFile, trialDir } from '../../../executors/study-outputs.js';
import { describeCommand, describeEnv, expandCommand } from '../../../executors/trainer-command.js';
import type { TrialRow } from '../../../storage/storage.js';
import type { OpenStudy } from './open-study.js';

/** The built-in trainer, as people start it. */
const BUILTIN = ['hpo', 'train', '--config', '${config}', '--seed', '${seed}', '${overrides}'];

/**
 * Returns the command line that runs a trial again by hand, for a POSIX shell; null where nobody knows it. The trainer gets
 * its parameters and its seed as from hpo, and none of the folders that belong to the trial.
 */
export function rerunCommand({ study, record }: OpenStudy, row: TrialRow): string | null {
  if (record.spec === null || row.seed === null || row.handle === null) return null;
  if (handleKind(row.handle) !== 'local') return null;
  const { command, cwd, env } = study.spec.trainer;
  const params = { ...row.params, ...row.forced };
  const given = Object.fromEntries(
    effectiveNames(study.space).flatMap((name) =>
      Object.hasOwn(params, name) ? [[name, params[name] ?? null]] : [],
    ),
  );
  const studyDir = dirname(dirname(row.handle));
  const configFile = join(studyDir, 'config.yaml');
  const places = {
    configFile,
    paramsFile: paramsFile(row.handle),
    trialDir: trialDir(studyDir, row.number),
  };
  try {
    const words = expandCommand(
      command ?? BUILTIN,
      { params: given, seed: row.seed, ...places },
      effectiveNames(study.space),
    );
    const variables =
      command === null
        ? env
        : { ...env, HPO_PARAMS: paramsJson(given), HPO_SEED: String(row.seed), HPO_CONFIG: configFile };
    const line = [describeEnv(variables), describeCommand(words)].filter(Boolean).join(' ');
    return printableLine(cwd === null ? line : `cd ${shellWord(cwd)} && ${line}`);
  } catch {
    // A template that this version does not understand.
    return null;
  }
}
