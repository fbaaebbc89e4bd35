import type { Command } from 'commander';
import { LIVE_KEYS } from '../../control/limits.js';
import { CONTROLS } from '../../control/registry.js';
import { usageError } from '../../core/errors.js';
import { runControl } from '../run-control.js';
import type { StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean };

export function registerSet(program: Command): void {
  const command = program
    .command('set')
    .description(CONTROLS.set.summary)
    .argument('<key=value...>', 'limits as in the sweep file; none removes one');
  examples(
    jsonOption(studyOptions(command)),
    'hpo set trials=200 max_concurrent=4',
    'hpo set trials=+20',
    'hpo set trial_timeout=30m timeout=none',
    'hpo set budget=hours=12',
  ).action((pairs: readonly string[], options: Options) =>
    runControl(CONTROLS.set, { settings: toSettings(pairs) }, options),
  );
}

/** @throws HpoError set.bad-pair or set.twice (usage). */
function toSettings(pairs: readonly string[]): Record<string, string> {
  const settings = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1)
      throw usageError('set.bad-pair', `expected key=value, got ${JSON.stringify(pair)}`, {
        fix: `use one of ${LIVE_KEYS.join(', ')}`,
      });
    const key = pair.slice(0, at);
    if (settings.has(key)) throw usageError('set.twice', `expected each key once, got ${key} twice`);
    settings.set(key, pair.slice(at + 1));
  }
  return Object.fromEntries(settings);
}
