import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import type { Storage } from '../../storage/storage.js';
import { printJson, writeStyled } from '../output.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly trials?: boolean; readonly json?: boolean };

export function registerCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('Compare studies by name, or two configurations of one study by number, seed by seed.')
    .argument('<names...>', 'names of studies, or two numbers of configurations')
    .option('--trials', 'the numbers are those of trials: compare their configurations');
  examples(
    jsonOption(studyOptions(command)),
    'hpo compare monday tuesday',
    'hpo compare 3 7 --study sweep',
    'hpo compare 12 40 --trials',
  ).action(compare);
}

async function compare(names: readonly string[], options: Options): Promise<void> {
  if (names.length < 2)
    throw usageError('compare.too-few', 'expected at least two studies or two configurations, got one');
  const { configurationsJson, studiesJson } = await import('../compare/comparison-json.js');
  await withStorage(options.storage, 'read', async (storage) => {
    if (await areNumbers(storage, names, options)) {
      const { compareConfigurations } = await import('../compare/compare-configurations.js');
      const record = await findStudy(storage, options);
      const found = await compareConfigurations(storage, record, pairOf(names), options.trials ?? false);
      if (options.json) return printJson('compare-trials', configurationsJson(found));
      const { configurationsText } = await import('../compare/comparison-text.js');
      await writeStyled(`${configurationsText(found, await surface())}\n`);
      return;
    }
    const { compareStudies } = await import('../compare/compare-studies.js');
    const found = await compareStudies(storage, names);
    if (options.json) return printJson('compare', studiesJson(found));
    const { studiesText } = await import('../compare/comparison-text.js');
    await writeStyled(`${studiesText(found, await surface())}\n`);
  });
}

/** Numbers are configurations, unless studies have them as their names and nobody named a study. */
async function areNumbers(storage: Storage, names: readonly string[], options: Options): Promise<boolean> {
  if (!names.every((name) => /^\d+$/.test(name))) return false;
  if (options.study !== undefined || options.trials) return true;
  for (const name of names) if ((await storage.findStudy(name)) === null) return true;
  return false;
}

function pairOf(names: readonly string[]): readonly [number, number] {
  if (names.length === 2) return [Number(names[0]), Number(names[1])];
  throw usageError('compare.two', `expected two configurations, got ${names.length}`, {
    fix: 'give two numbers; several studies are compared by name',
  });
}

/** Loads what draws tables: JSON needs none. */
const surface = async () => (await import('../table/surface.js')).stdoutSurface();
