import { type Tool, text } from '../../../mcp/tool.js';
import type { Workspace } from '../../../mcp/workspace.js';
import { answerDeadline } from '../answer-deadline.js';
import type { StudyAccess } from '../study-access.js';
import { SWEEP_KEYS } from '../sweep-keys.js';
import { planSweep } from '../sweep-process.js';

/** Planned trials that are shown. */
const SHOWN = 2;

export const SWEEP = text('path of the sweep file, inside the workspace');

/** Checks a sweep file and shows what it would run. */
export function planTool(studies: StudyAccess, workspace: Workspace): Tool {
  return {
    name: 'plan',
    title: 'Plan a sweep',
    summary: `Check a sweep file and show what it would run: how many trials, the sampler and the scheduler or pruner (auto: hopeless runs are stopped early; none: each runs to its end), and the first commands. Runs no trial and stores nothing; a sampler that the file names is loaded. Use it before start. ${SWEEP_KEYS} lists all keys of a sweep file.`,
    arguments: { sweep: SWEEP },
    effect: 'runs',
    run: async (args, ends) => {
      const file = workspace.sweepFile(args.text('sweep'));
      studies.assertPlace();
      const { study, plan, search, trials, warnings } = await planSweep(
        file,
        studies.url,
        answerDeadline(ends),
      );
      const shown = trials
        .slice(0, SHOWN)
        .map(({ trial, device, params, command }) => ({ trial, device, params, command }));
      return {
        data: { study, plan, search, trials: shown, more: trials.length - shown.length, warnings },
        png: null,
      };
    },
  };
}
