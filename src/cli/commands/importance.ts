import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import { nameAmong } from '../../core/metric-name.js';
import { print, printJson } from '../output.js';
import { readStudyResults } from '../read-results.js';
import { findStudy, type StudyOptions, studyToRead, withStorage } from '../studies.js';
import { printTable } from '../table/print-table.js';
import { terminalStyle } from '../terminal-style.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean; readonly objective?: string };

export function registerImportance(program: Command): void {
  const command = program
    .command('importance')
    .description(
      'Show how much of the objective each parameter explains on its own (fANOVA over a random forest).',
    );
  command.option('--objective <name>', 'of this objective alone');
  examples(jsonOption(studyOptions(command)), 'hpo importance', 'hpo importance --study sweep --json').action(
    showImportance,
  );
}

async function showImportance(options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const study = await studyToRead(storage, await findStudy(storage, options));
    const { importanceFor, importanceNotes, noImportance, orderNote } = await import(
      '../../results/importance.js'
    );
    const { edgeNotes } = await import('../../results/best-edges.js');
    const results = await readStudyResults(storage, study);
    const edges = edgeNotes(results);
    const names = study.spec.objectives.map(({ metric }) => metric);
    const objective = options.objective && nameAmong(names, options.objective);
    if (objective !== undefined && !names.includes(objective))
      throw usageError(
        'importance.objective',
        `expected an objective (${names.join(', ')}), got ${objective}`,
      );
    const wanted = [...names.keys()].filter((k) => objective === undefined || names[k] === objective);
    const found = wanted.map((k) => importanceFor(results, k) ?? noImportance(results, k));
    if (options.json)
      return printJson('importance', {
        study: study.name,
        objectives: found.map((each) => ({ ...each, notes: [...importanceNotes(each), ...edges] })),
      });
    const { barsOf } = await import('../importance-bars.js');
    for (const [k, each] of found.entries()) {
      if (k > 0) print('');
      const bars = barsOf(each.parameters, terminalStyle());
      const rows = each.parameters.map(({ name, importance, low, high }, at) => [
        name,
        importance.toFixed(3),
        low.toFixed(3),
        high.toFixed(3),
        bars[at] as string,
      ]);
      if (rows.length > 0 && each.constant === null)
        await printTable(['parameter', `importance for ${each.objective}`, 'low', 'high', ''], rows);
      for (const note of [...importanceNotes(each), ...edges]) print(note);
      if (each.parameters.length === 0 || each.constant !== null) continue;
      const order = orderNote(each);
      print(`low and high bound the middle 80% of the trees${order === null ? '' : `: ${order}`}`);
    }
  });
}
