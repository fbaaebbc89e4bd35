import { optionalChoice, optionalCount, optionalText, type Tool } from '../../../mcp/tool.js';
import { ranMsOf } from '../../../results/trial-fields.js';
import type { TrialRow } from '../../../storage/storage.js';
import { shortNumber } from '../short-number.js';
import type { OpenedResults, StudyAccess } from '../study-access.js';
import { resultOf } from './explain-failure.js';
import { STUDY } from './status.js';

const TOP = 20;
const MOST = 100;
const STATES = ['complete', 'pruned', 'fail', 'running', 'queued', 'paused', 'waiting'];

/** Lists trials. */
export function trialsTool(studies: StudyAccess): Tool {
  return {
    name: 'trials',
    title: 'List trials',
    summary:
      'List trials: state, parameters, values with the last step that was reported (the value of a pruned trial is of that step), and why one ended early. explain_failure shows one in full.',
    arguments: {
      study: STUDY,
      state: optionalChoice('only those of this state', STATES),
      where: optionalText('a condition on fields, such as lr < 0.01 and opt == "adam"'),
      sort: optionalText('a field, such as objective (the best first), lr, -time (default: by number)'),
      top: optionalCount(`how many (default: ${TOP}; at most ${MOST})`),
    },
    effect: 'reads',
    run: (args) =>
      studies.results(args.text('study'), async ({ storage, record, study, results }) => {
        const { readTrials } = await import('../../trials/list-trials.js');
        const top = Math.min(MOST, Math.max(1, args.optionalCount('top') ?? TOP));
        const found = await readTrials(storage, record, {
          state: args.optionalText('state'),
          where: args.optionalText('where'),
          sort: args.optionalText('sort') ?? 'trial',
          reverse: false,
          top: top + 1,
        });
        const trials = found.slice(0, top).map((row) => shown(row, results));
        const note = found.length > top ? `there are more: raise top, or give where or state` : null;
        return { data: { study: study.name, objectives: study.spec.objectives, trials, note }, png: null };
      }),
  };
}

function shown(row: TrialRow, results: OpenedResults['results']) {
  const { number, params, forced, reason, seed } = row;
  const ranMs = ranMsOf(row, Date.now());
  return {
    trial: number,
    state: results.stateOf(number),
    ...resultOf(results, number),
    params: { ...params, ...forced },
    seed,
    seconds: ranMs === null ? null : shortNumber(ranMs / 1000),
    ...(reason !== null && { reason: reason.slice(0, 200) }),
  };
}
