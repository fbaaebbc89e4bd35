import type { Command } from 'commander';
import { readResults } from '../../results/results-feed.js';
import { formatTable, print, printJson } from '../output.js';
import { findStudy, type StudyOptions, studyToRead, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean };

export function registerImportance(program: Command): void {
  const command = program
    .command('importance')
    .description(
      'Show how much of the objective each parameter explains on its own (fANOVA over a random forest).',
    );
  examples(jsonOption(studyOptions(command)), 'hpo importance', 'hpo importance --study sweep --json').action(
    showImportance,
  );
}

async function showImportance(options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const study = await studyToRead(storage, await findStudy(storage, options));
    const { importanceOf } = await import('../../results/importance.js');
    const found = importanceOf(await readResults(storage, study));
    if (options.json) return printJson({ study: study.name, objectives: found });
    for (const [k, { objective, parameters, explained, left, configurations }] of found.entries()) {
      if (k > 0) print('');
      print(
        formatTable(
          ['parameter', `importance for ${objective}`],
          parameters.map(({ name, importance }) => [name, importance.toFixed(3)]),
        ),
      );
      const share = `${Math.round(100 * explained)}%`;
      print(`from ${configurations} configurations; on their own they explain ${share} of the variance`);
      if (left.length > 0) print(`not judged, since not every configuration has them: ${left.join(', ')}`);
    }
  });
}
