import type { Mapping } from '../../../core/mapping.js';
import { type Tool, text } from '../../../mcp/tool.js';
import type { StudyAccess } from '../study-access.js';

/** Compares two studies. */
export function compareTool(studies: StudyAccess): Tool {
  return {
    name: 'compare',
    title: 'Compare two studies',
    summary:
      'Compare two studies of one database: the best of each, also at the same budget of trials, steps and hours, and the chance that a trial of b is better than one of a (superiority), with its interval and p-value.',
    arguments: { a: text('name of a study'), b: text('name of another study') },
    effect: 'reads',
    run: (args) =>
      studies.open('read', async (storage) => {
        const { compareStudies } = await import('../../compare/compare-studies.js');
        const { studiesJson } = await import('../../compare/comparison-json.js');
        const found = await compareStudies(storage, [args.text('a'), args.text('b')]);
        return { data: studiesJson(found) as Mapping, png: null };
      }),
  };
}
