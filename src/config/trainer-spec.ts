import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { TrainerSpec } from '../core/spec.js';
import { placeholdersOf, variableOf } from '../core/template.js';
import { describeValue, didYouMean } from './describe-value.js';
import type { Diagnostics } from './diagnostics.js';
import { nearest } from './nearest.js';
import type { RawTrainer } from './trainer-schema.js';
import type { Path } from './yaml-file.js';

/** The names allowed in `trainer.command` as `${name}`, besides those of parameters. */
export const PLACEHOLDERS: readonly string[] = [
  'overrides',
  'args',
  'args_no_boolean_flags',
  'params_json',
  'params_file',
  'seed',
  'config',
  'trial_dir',
  'target_step',
];
/** These become several arguments (or none), so each must be a separate argument. */
const ALONE: readonly string[] = ['overrides', 'args', 'args_no_boolean_flags'];

/**
 * Returns the trainer of a sweep file, with `cwd` made absolute from the file's folder; notes what is wrong with it.
 * `parameters`: their names; null where only the study knows them.
 */
export async function toTrainer(
  raw: RawTrainer,
  { sweepFile, parameters }: { readonly sweepFile: string; readonly parameters: readonly string[] | null },
  mistakes: Diagnostics,
): Promise<TrainerSpec> {
  raw.command?.forEach((argument, i) => {
    checkPlaceholders(String(argument), parameters, ['trainer', 'command', i], mistakes);
  });
  return {
    command: raw.command?.map((value, i) => asWritten(value, ['trainer', 'command', i], mistakes)) ?? null,
    cwd: raw.cwd == null ? null : await folder(raw.cwd, sweepFile, mistakes),
    env: Object.fromEntries(
      Object.entries(raw.env ?? {}).map(([name, value]) => [
        name,
        asWritten(value, ['trainer', 'env', name], mistakes),
      ]),
    ),
  };
}

/** Notes a command given as one text, and shows it as a list. */
export function noteCommandText(command: string, path: Path, mistakes: Diagnostics): void {
  const words = command.split(/\s+/).filter((word) => word !== '');
  const list = words.map((word) => (/^[\w./-]+$/.test(word) ? word : JSON.stringify(word))).join(', ');
  mistakes.add(path, 'wrong-type', `expected a list of arguments, got ${describeValue(command)}`, {
    fix: `no shell is involved; write trainer: {command: [${list}]}`,
  });
}

/** Returns a number as it was written: `1e-3` and `007` are not 0.001 and 7. */
function asWritten(value: string | number | boolean, path: Path, mistakes: Diagnostics): string {
  return typeof value === 'string' ? value : (mistakes.source.source(path) ?? String(value));
}

function checkPlaceholders(
  argument: string,
  parameters: readonly string[] | null,
  path: Path,
  mistakes: Diagnostics,
): void {
  for (const name of placeholdersOf(argument)) {
    const whole = `\${${name}}`;
    if (variableOf(name) !== null) continue;
    if (!PLACEHOLDERS.includes(name)) {
      // Without a list of them, the study checks the command when it starts.
      if (parameters === null || parameters.includes(name)) continue;
      const known = PLACEHOLDERS.map((p) => `\${${p}}`);
      const close = nearest(name, [...PLACEHOLDERS, ...parameters]);
      mistakes.add(
        path,
        'unknown-placeholder',
        `expected one of ${known.join(', ')} or a parameter, got ${whole}`,
        {
          fix: didYouMean(close === null ? null : `\${${close}}`) ?? `write $${whole} for the text itself`,
        },
      );
    } else if (ALONE.includes(name) && argument !== whole) {
      mistakes.add(path, 'placeholder-alone', `expected ${whole} as a separate argument, got ${argument}`, {
        fix: `it becomes one argument for each parameter: write - ${whole} on a separate line`,
      });
    }
  }
}

async function folder(cwd: string, sweepFile: string, mistakes: Diagnostics): Promise<string> {
  const path = resolve(dirname(sweepFile), cwd);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    mistakes.add(['trainer', 'cwd'], 'no-folder', `expected an existing folder, got ${path}`, {
      fix: 'the path is relative to the folder of this file',
    });
  return path;
}
