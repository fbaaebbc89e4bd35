import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFinished } from '../../src/core/trial.js';
import { openStorage } from '../../src/storage/open.js';
import type { OpenedTrial, Storage, TrialRecord } from '../../src/storage/storage.js';
import { ending, filled, newAttempt, newTrial } from './support.js';

const OWNERS = ['a', 'b'];
const all = { configId: 0, trialId: 0, unfinished: [] };
const pick = fc.nat({ max: 7 });
/** Mostly the attempt that the trial really has; else none at all, or that of any other trial. */
const claim = fc.constantFrom('own', 'own', 'own', 'none', 'other');
type Command = Record<string, number | string | boolean>;
const command = fc.oneof(
  fc.record({ do: fc.constant('allot'), owner: fc.constantFrom(...OWNERS) }),
  // Few different keys, so that they collide.
  fc.record({ do: fc.constant('fill'), draft: pick, key: fc.nat({ max: 8 }), leased: fc.boolean() }),
  fc.record({ do: fc.constant('release'), draft: pick }),
  fc.record({ do: fc.constant('free'), owner: fc.constantFrom(...OWNERS) }),
  fc.record({ do: fc.constant('repeat'), config: pick, repeat: fc.nat({ max: 3 }) }),
  fc.record({ do: fc.constant('attempt'), trial: pick, owner: fc.constantFrom(...OWNERS) }),
  fc.record({
    do: fc.constant('report'),
    trial: pick,
    claim,
    attempt: pick,
    step: fc.nat({ max: 3 }),
    value: fc.double(),
  }),
  fc.record({
    do: fc.constant('tell'),
    trial: pick,
    claim,
    attempt: pick,
    state: fc.constantFrom('complete', 'pruned', 'fail'),
  }),
  fc.record({ do: fc.constant('requeue'), attempt: pick }),
  fc.record({ do: fc.constant('reopen'), trial: pick }),
  fc.record({ do: fc.constant('adopt'), attempt: pick }),
) as fc.Arbitrary<Command>;

const byRight = { claim: 'own', attempt: 0 };
/** One run that is sure to reach every state. */
const everyState: Command[] = [
  { do: 'allot', owner: 'a' },
  { do: 'fill', draft: 0, key: 0, leased: true },
  { do: 'report', trial: 0, ...byRight, step: 0, value: 1 },
  { do: 'tell', trial: 0, ...byRight, state: 'fail' },
  { do: 'reopen', trial: 0 },
  { do: 'attempt', trial: 0, owner: 'b' },
  { do: 'tell', trial: 0, ...byRight, state: 'complete' },
  { do: 'repeat', config: 0, repeat: 1 },
  { do: 'tell', trial: 1, ...byRight, state: 'pruned' },
];

/** Everything a run of commands has been given, to be named again by later commands, rightly or wrongly. */
class World {
  readonly drafts: number[] = [];
  readonly configs: number[] = [];
  readonly trials: number[] = [];
  readonly attempts: number[] = [];
  readonly newest = new Map<number, number>();

  constructor(
    readonly storage: Storage,
    readonly studyId: number,
  ) {}

  keep(result: OpenedTrial | null): void {
    if (!result) return;
    if (!this.configs.includes(result.config.id)) this.configs.push(result.config.id);
    if (!this.trials.includes(result.trial.id)) this.trials.push(result.trial.id);
    if (!result.attempt) return;
    this.attempts.push(result.attempt.id);
    this.newest.set(result.trial.id, result.attempt.id);
  }

  /** The trial whose finished record this command was allowed to change. */
  async apply(c: Command): Promise<number | null> {
    const { storage } = this;
    const at = (ids: readonly number[], key: string) => ids[Number(c[key]) % Math.max(1, ids.length)] ?? 999;
    const own = this.newest.get(at(this.trials, 'trial')) ?? null;
    const attempt = c.claim === 'own' ? own : c.claim === 'none' ? null : at(this.attempts, 'attempt');
    switch (c.do) {
      case 'allot':
        this.drafts.push((await storage.allotIndex(this.studyId, String(c.owner))).configId);
        break;
      case 'fill': {
        const trial = newTrial(0, c.leased ? newAttempt('a') : null);
        const filling = storage.fillConfiguration(
          at(this.drafts, 'draft'),
          filled({ layers: Number(c.key) }),
          trial,
        );
        this.keep(await filling.catch(refused('storage.index-lost')));
        break;
      }
      case 'release':
        await storage.releaseIndex(at(this.drafts, 'draft'));
        break;
      case 'free':
        await storage.freeIndices(this.studyId, [String(c.owner)]);
        break;
      case 'repeat':
        this.keep(
          await storage
            .addTrial(at(this.configs, 'config'), newTrial(Number(c.repeat)))
            .catch(refused('storage.no-configuration')),
        );
        break;
      case 'attempt':
        this.keep(await storage.addAttempt(at(this.trials, 'trial'), newAttempt(String(c.owner))));
        break;
      case 'report': {
        const point = { name: 'loss', step: Number(c.step), value: Number(c.value), objective: true };
        await storage.report(at(this.trials, 'trial'), attempt, [point]);
        break;
      }
      case 'tell': {
        const state = c.state as 'complete' | 'pruned' | 'fail';
        await storage.tell(
          at(this.trials, 'trial'),
          attempt,
          ending({ state, values: state === 'fail' ? null : [1] }),
        );
        break;
      }
      case 'requeue':
        await storage.requeue(at(this.attempts, 'attempt'), {
          exitCode: null,
          reason: 'gone',
          finishedAtMs: 1,
        });
        break;
      case 'reopen':
        return (await storage.reopen(at(this.trials, 'trial'))) ? at(this.trials, 'trial') : null;
      case 'adopt':
        await storage.adopt(at(this.attempts, 'attempt'), 'a', 'b');
        break;
    }
    return null;
  }
}

const refused = (code: string) => (error: unknown) => {
  expect(error).toMatchObject({ code });
  return null;
};

test('whatever is done in whatever order, numbers have no gaps, one attempt runs, finished trials stay', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 60 }), async (commands) => {
      const storage = await openStorage('memory:');
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
        const reopened = await world.apply(each);
        const { configs, trials } = await storage.changes(study.id, all);
        const counted = (n: number) => [...Array(n).keys()];
        expect(trials.map((trial) => trial.number)).toEqual(counted(trials.length));
        expect(configs.map((config) => config.number)).toEqual(counted(configs.length));
        expect(new Set(configs.map((config) => config.index)).size).toBe(configs.length);
        expect(new Set(configs.map((config) => config.key)).size).toBe(configs.length);
        expect(new Set(trials.map((trial) => `${trial.configId}/${trial.repeat}`)).size).toBe(trials.length);

        const running: number[] = [];
        for (const id of world.attempts) {
          const attempt = await storage.attempt(id);
          if (attempt && attempt.finishedAtMs === null) running.push(attempt.trialId);
        }
        expect(new Set(running).size).toBe(running.length);
        const byId = new Map(trials.map((trial) => [trial.id, trial]));
        for (const id of running) expect(byId.get(id)?.state).toBe('running');
        for (const [id, record] of finished) if (id !== reopened) expect(byId.get(id)).toEqual(record);
        finished = new Map(
          trials.filter((trial) => isFinished(trial.state)).map((trial) => [trial.id, trial]),
        );
        for (const trial of trials) seen.add(trial.state);
        if (reopened !== null) seen.add('reopened');
      }
      await storage.close();
    }),
    { numRuns: 50, examples: [[everyState]] },
  );
  // The promises above were put to the test in every state.
  expect([...seen].sort()).toEqual(['complete', 'fail', 'pruned', 'reopened', 'running']);
});
