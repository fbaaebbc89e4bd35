import { setTimeout as sleep } from 'node:timers/promises';
import { optionalCount, type Tool } from '../../../mcp/tool.js';
import type { Storage, StudyRecord } from '../../../storage/storage.js';
import type { StudyAccess } from '../study-access.js';
import { readSweep } from '../sweep-state.js';
import { STUDY } from './status.js';

/** How long the end of a sweep is waited for, so that most answers have it. */
const WAIT_MS = 8000;
const LOOK_MS = 200;

/** Stops a trial or a sweep. */
export function stopTool(studies: StudyAccess): Tool {
  return {
    name: 'stop',
    title: 'Stop a sweep or a trial',
    summary:
      'End the sweep of a study, also one that another server or a person started: running trials are stopped, and start continues them. With trial: stop only that one, and the sweep continues.',
    arguments: {
      study: STUDY,
      trial: optionalCount('number of one running trial (default: the whole sweep)'),
    },
    effect: 'ends',
    run: (args, { hurry }) =>
      studies.record(args.text('study'), 'write', async ({ storage, record }) => {
        const { CONTROLS } = await import('../../../control/registry.js');
        const { controlTarget } = await import('../../run-control.js');
        const trial = args.optionalCount('trial');
        const { text, data } = await CONTROLS.stop.apply(controlTarget(storage, record), trial);
        if (trial !== null) return { data: { ...data, text }, png: null };
        const state = await stateAfter(storage, record, hurry);
        return { data: { study: record.name, state, text }, png: null };
      }),
  };
}

async function stateAfter(storage: Storage, { id }: StudyRecord, hurry: AbortSignal) {
  const deadlineMs = performance.now() + WAIT_MS;
  for (;;) {
    const study = (await storage.listStudies()).find((each) => each.id === id);
    const state = study ? (await readSweep(storage, study)).state : 'stopped';
    if (state !== 'running' || hurry.aborted || performance.now() > deadlineMs) return state;
    await sleep(LOOK_MS);
  }
}
