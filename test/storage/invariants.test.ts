import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFinished } from '../../src/core/trial.js';
import type { TrialRecord } from '../../src/storage/storage.js';
import { command } from './command.js';
import { everyState } from './every-state.js';
import { attemptIn } from './lookups.js';
import { describeStorages } from './support.js';
import { World } from './world.js';

const all = { configId: 0, trialId: 0, unfinished: [] };

describeStorages('a storage', (open, { slower }) => {
  test('whatever is done in whatever order, numbers have no gaps, one attempt runs, finished trials stay', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 60 }), async (commands) => {
        const storage = await open();
        const study = await storage.createStudy({
          name: 's',
          directions: ['minimize'],
          seed: 1,
          spec: null,
          createdAtMs: 0,
        });
        const world = new World(storage, study.id);
        let finished = new Map<number, TrialRecord>();
        for (const each of commands) {
          const answer = await world.apply(each);
          const reopened = each.do === 'reopen' && answer === true ? world.trialOf(each) : null;
          const { configs, trials } = await storage.changes(study.id, all);
          const counted = (n: number) => [...Array(n).keys()];
          expect(trials.map((trial) => trial.number)).toEqual(counted(trials.length));
          expect(configs.map((config) => config.number)).toEqual(counted(configs.length));
          // Enqueued configurations take no index.
          const indices = configs.map((config) => config.index).filter((index) => index >= 0);
          expect(new Set(indices).size).toBe(indices.length);
          expect(new Set(configs.map((config) => config.key)).size).toBe(configs.length);
          const ours = trials.filter((trial) => trial.configId !== null);
          expect(new Set(ours.map((trial) => `${trial.configId}/${trial.repeat}`)).size).toBe(ours.length);

          const running: number[] = [];
          for (const id of world.attempts) {
            const attempt = await attemptIn(storage, id);
            if (attempt && attempt.finishedAtMs === null) running.push(attempt.trialId);
          }
          expect(new Set(running).size).toBe(running.length);
          const byId = new Map(trials.map((trial) => [trial.id, trial]));
          for (const id of running) expect(byId.get(id)?.state).toBe('running');
          // Objectives that are another metric now have other values and steps; nothing else of a finished trial changes.
          const kept = (trial?: TrialRecord) =>
            trial && each.do === 'objective' ? { ...trial, values: null, steps: null } : trial;
          for (const [id, record] of finished)
            if (id !== reopened) expect(kept(byId.get(id))).toEqual(kept(record));
          finished = new Map(
            trials.filter((trial) => isFinished(trial.state)).map((trial) => [trial.id, trial]),
          );
          for (const trial of trials) seen.add(trial.state);
          if (reopened !== null) seen.add('reopened');
        }
        await storage.close();
      }),
      { numRuns: slower ? 3 : 50, examples: [[everyState]] },
    );
    // The promises above were put to the test in every state.
    expect([...seen].sort()).toEqual(['complete', 'fail', 'pruned', 'reopened', 'running', 'waiting']);
  });
});
