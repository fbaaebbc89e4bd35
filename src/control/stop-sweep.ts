import { usageError } from '../core/errors.js';
import { CALLS_ATTRIBUTE, parseCalls } from '../core/study-calls.js';
import type { ControlResult, ControlTarget } from './control.js';
import { updateStudyControl } from './stored-control.js';

/**
 * Asks every running sweep of a study to end, also one that another process started. @throws HpoError sweep.not-running (usage) when none runs, as
 * far as can be seen.
 */
export async function stopSweep({
  storage,
  study,
}: Pick<ControlTarget, 'storage' | 'study'>): Promise<ControlResult> {
  const runs = (owner: string) => storage.liveness.judge(owner) !== 'ended';
  const calls = parseCalls((await storage.readAttributes(study.id))[CALLS_ATTRIBUTE]);
  const owners = calls.filter(({ endedAtMs, owner }) => endedAtMs === null && runs(owner));
  if (owners.length === 0)
    throw usageError('sweep.not-running', `no sweep of study ${study.name} is running`, {
      fix: 'see hpo study list; a program that runs trials by the library ends them itself',
    });
  await updateStudyControl(storage, study.id, (control) => ({
    ...control,
    stopping: [...new Set([...control.stopping.filter(runs), ...owners.map(({ owner }) => owner)])],
  }));
  const which = owners.length === 1 ? 'the sweep' : `${owners.length} sweeps`;
  const stopped = `${which} of study ${study.name} will end within seconds: running trials are stopped, and the next hpo optimize continues them`;
  return { text: stopped, data: { study: study.name, trial: null, stopped } };
}
