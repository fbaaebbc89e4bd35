import { type Tool, text } from '../../../mcp/tool.js';
import type { Workspace } from '../../../mcp/workspace.js';
import type { StudyAccess } from '../study-access.js';
import { planSweep } from '../sweep-process.js';

/** Planned trials that are shown. */
const SHOWN = 5;

export const SWEEP = text('path of the sweep file, inside the workspace');

/** Checks a sweep file and shows what it would run. */
export function planTool({ url }: StudyAccess, workspace: Workspace): Tool {
  return {
    name: 'plan',
    title: 'Plan a sweep',
    summary:
      'Check a sweep file and show which commands it would run, with their parameters. Runs and stores nothing. Use it before start.',
    arguments: { sweep: SWEEP },
    effect: 'reads',
    run: async (args, { cancelled }) => {
      const { study, plan, trials, warnings } = await planSweep(
        workspace.sweepFile(args.text('sweep')),
        url,
        cancelled,
      );
      const shown = trials
        .slice(0, SHOWN)
        .map(({ trial, device, params, command }) => ({ trial, device, params, command }));
      return {
        data: { study, plan, trials: shown, more: trials.length - shown.length, warnings },
        png: null,
      };
    },
  };
}
