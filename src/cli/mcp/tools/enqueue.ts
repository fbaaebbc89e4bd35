import { parameters, type Tool } from '../../../mcp/tool.js';
import type { StudyAccess } from '../study-access.js';
import { STUDY } from './status.js';

/** Queues a configuration. */
export function enqueueTool(studies: StudyAccess): Tool {
  return {
    name: 'enqueue',
    title: 'Try a configuration',
    summary:
      'Queue a configuration that you want to try next, whole or in part: the sampler chooses what is left open. Values must be inside the search space. A running sweep picks it up within a second, else the next start does.',
    arguments: {
      study: STUDY,
      params: parameters('values by the names of parameters, such as {"lr": 0.01}'),
    },
    effect: 'changes',
    run: (args) =>
      studies.record(args.text('study'), 'write', async ({ storage, record }) => {
        const { CONTROLS } = await import('../../../control/registry.js');
        const { controlTarget } = await import('../../run-control.js');
        const point = CONTROLS.enqueue.parse({ parameters: args.parameters('params') });
        const { text, data } = await CONTROLS.enqueue.apply(controlTarget(storage, record), point);
        return { data: { ...data, text }, png: null };
      }),
  };
}
