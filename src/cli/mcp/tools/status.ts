import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS_ATTRIBUTE, parseLimits } from '../../../core/study-control.js';
import { optionalCount, type Tool, text } from '../../../mcp/tool.js';
import { digestOf } from '../../../results/study-digest.js';
import { savingsText } from '../../digest-text.js';
import { frontJson } from '../../result-json.js';
import { isoTime } from '../../study-facts.js';
import { shortRanked } from '../short-number.js';
import type { OpenedResults, StudyAccess } from '../study-access.js';
import { readSweep } from '../sweep-state.js';

export const STUDY = text('name of the study, as start and the list of resources say it');
/** Kinds of failures and running trials that are shown. */
const SHOWN = 5;
/** Clients give up after a minute. */
const MOST_WAIT_S = 50;
const LOOK_MS = 1000;

/** Says how the sweep of a study stands. */
export function statusTool(studies: StudyAccess): Tool {
  return {
    name: 'status',
    title: 'How a sweep stands',
    summary:
      'Show whether a sweep is running, finished, failed or stopped, its trials by state, the best value so far, why trials failed, and what early stopping saved. Poll it while the state is running; wait makes the answer wait for the end.',
    arguments: {
      study: STUDY,
      wait: optionalCount(
        `seconds to wait at most for the end of the sweep (default: 0; at most ${MOST_WAIT_S})`,
      ),
    },
    effect: 'reads',
    run: async (args, { hurry }) => {
      const waitMs = 1000 * Math.min(MOST_WAIT_S, args.optionalCount('wait') ?? 0);
      const deadlineMs = performance.now() + waitMs;
      for (;;) {
        const data = await readStatus(studies, args.text('study'));
        if (data.state !== 'running' || hurry.aborted || performance.now() >= deadlineMs)
          return { data, png: null };
        await sleep(Math.min(LOOK_MS, Math.max(1, deadlineMs - performance.now())));
      }
    },
  };
}

/** Reads how the sweep of a study stands, for agents. */
export function readStatus(studies: StudyAccess, name: string) {
  return studies.results(name, async (opened) => {
    const { storage, study, results } = opened;
    const summary = (await storage.listStudies()).find((each) => each.id === study.id);
    if (!summary) throw new Error(`study ${name} is gone`);
    const { state, isPaused, call } = await readSweep(storage, summary);
    const limits = parseLimits((await storage.readAttributes(study.id))[LIMITS_ATTRIBUTE]);
    const { failures, infeasible, savings, lastActivityAtMs } = digestOf(results.table, study.spec);
    return {
      study: name,
      state,
      paused: isPaused,
      end: call?.end ?? null,
      startedAt: isoTime(call?.startedAtMs ?? null),
      endedAt: isoTime(call?.endedAtMs ?? null),
      lastActivityAt: isoTime(lastActivityAtMs),
      objectives: study.spec.objectives,
      trials: { ...results.counts(), total: limits.trials ?? null, infeasible },
      running: runningTrials(opened),
      best: bestOf(opened),
      failures: failures.slice(0, SHOWN),
      saved: savingsText(savings),
      next: NEXT[state],
    };
  });
}

const NEXT = {
  running: 'poll status; read best, importance and plot at any time; stop ends it',
  finished: 'read best, trials, importance and plot; start continues when the sweep file allows more trials',
  failed: 'call explain_failure with a trial that failed; mend the cause, then start with retry_failed',
  stopped: 'start continues it',
};

function runningTrials({ results }: OpenedResults): readonly number[] {
  const found: number[] = [];
  for (let trial = 0; trial < results.trialCount && found.length < 4 * SHOWN; trial++)
    if (results.stateOf(trial) === 'running') found.push(trial);
  return found;
}

function bestOf({ results, study }: OpenedResults) {
  if (study.spec.objectives.length > 1) {
    const front = results.front();
    return { front: front.length, first: front.slice(0, 1).map((each) => frontJson(each, false)) };
  }
  const [best] = results.best(1);
  return best?.feasible ? shortRanked(best) : null;
}
