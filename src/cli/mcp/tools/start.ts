import { setTimeout as sleep } from 'node:timers/promises';
import { usageError } from '../../../core/errors.js';
import { CALLS_ATTRIBUTE, parseCalls } from '../../../core/study-calls.js';
import type { Ends } from '../../../mcp/json-rpc.js';
import { optionalFlag, type Tool } from '../../../mcp/tool.js';
import type { Workspace } from '../../../mcp/workspace.js';
import { nameInSweep } from '../../studies.js';
import { answerDeadline } from '../answer-deadline.js';
import type { StudyAccess } from '../study-access.js';
import { refused, type StartedSweep, startSweep } from '../sweep-process.js';
import { readSweep } from '../sweep-state.js';
import { SWEEP } from './plan.js';
import { readStatus } from './status.js';

const LOOK_MS = 150;

/** Starts the sweep of a file in the background. */
export function startTool(studies: StudyAccess, workspace: Workspace): Tool {
  // One at a time: two starts of one file would both find that it does not run.
  let before: Promise<unknown> = Promise.resolve();
  return {
    name: 'start',
    title: 'Start a sweep',
    summary:
      'Start the sweep of a file in the background, or continue it: finished trials never run again. Returns once it runs, with the name of its study; follow it with status. It outlives this server. Its files are in the folders outputs, storage and cfg (runs.csv) of the workspace.',
    arguments: {
      sweep: SWEEP,
      retry_failed: optionalFlag(
        'run trials again that failed before, once their cause is mended (default: false)',
      ),
    },
    effect: 'runs',
    run: (args, ends) => {
      const file = workspace.sweepFile(args.text('sweep'));
      const flags = args.flag('retry_failed') ? ['--retry-failed'] : [];
      const started = before.then(() => start(studies, { file, flags }, ends));
      before = started.catch(() => {});
      return started.then((data) => ({ data, png: null }));
    },
  };
}

type Wanted = { readonly file: string; readonly flags: readonly string[] };

async function start(studies: StudyAccess, { file, flags }: Wanted, ends: Ends) {
  ends.cancelled.throwIfAborted();
  const study = (await nameInSweep(file)) ?? '';
  if (await isRunning(studies, study))
    throw usageError('mcp.running', `the sweep of study ${study} runs already`, {
      fix: 'see status; stop ends it, and start continues it',
    });
  // Before the database is made, its place is checked.
  await studies.list();
  const atMs = Date.now();
  // Nobody would learn of a sweep that a cancelled request has started.
  ends.cancelled.throwIfAborted();
  const sweep = startSweep(file, study, { storage: studies.url, flags });
  const began = await waitFor(sweep, () => hasBegun(studies, study, atMs), answerDeadline(ends));
  const { pid, log } = sweep;
  if (began === 'refused') throw refused(sweep.said());
  if (began === 'running')
    return {
      study,
      state: began,
      pid,
      log,
      next: 'call status with wait until its state is not running',
    };
  const { state, trials, next } = await readStatus(studies, study);
  return { study, state, trials, log, said: sweep.said(), next };
}

/** Whether it runs, has ended after it ran, or was refused; `running` too when that takes too long to say. */
async function waitFor(
  sweep: StartedSweep,
  hasBegun: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<'running' | 'ended' | 'refused'> {
  let end: { readonly code: number | null } | null = null;
  void sweep.ended.then((code) => {
    end = { code };
  });
  while (!signal.aborted) {
    const ended = end as { readonly code: number | null } | null;
    if (await hasBegun()) return ended === null ? 'running' : 'ended';
    if (ended !== null) return ended.code === 0 ? 'ended' : 'refused';
    await Promise.race([sleep(LOOK_MS), sweep.ended]);
  }
  return 'running';
}

async function isRunning(studies: StudyAccess, name: string): Promise<boolean> {
  const found = (await studies.list()).find((each) => each.name === name);
  if (!found) return false;
  return studies.open('read', async (storage) => (await readSweep(storage, found)).state === 'running');
}

/** Whether a call of `hpo optimize` since then is stored. */
async function hasBegun(studies: StudyAccess, name: string, sinceMs: number): Promise<boolean> {
  // A database that is being made cannot be read yet.
  const found = (await studies.list().catch(() => [])).find((each) => each.name === name);
  if (!found) return false;
  return studies.open('read', async (storage) => {
    const calls = parseCalls((await storage.readAttributes(found.id))[CALLS_ATTRIBUTE]);
    return calls.some(({ startedAtMs }) => startedAtMs >= sinceMs);
  });
}
