import type { Command } from 'commander';
import { makeRng } from '../../core/rng.js';
import type { Study } from '../../study/study.js';
import { formatTable, print, printJson } from '../output.js';
import { findStudy, openToRead, type StudyOptions, withStorage } from '../studies.js';
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
    const study = await openToRead(storage, await findStudy(storage, options));
    const found = await judge(study);
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

async function judge(study: Study) {
  const { importances } = await import('../../analysis/importance.js');
  const { configs } = await study.view();
  return study.spec.objectives.map(({ metric }, k) => {
    const rng = makeRng(study.seed, 'importance', k);
    return { objective: metric, ...importances(study.space, configs, k, rng) };
  });
}
