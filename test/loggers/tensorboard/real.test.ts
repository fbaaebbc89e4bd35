import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { MAX_STEP } from '../../../src/loggers/tensorboard/scalars.js';
import { describeWithReal, REAL } from '../../support/real-part.js';
import { studyInfo } from '../stage.js';
import { finished, reported, started } from '../support.js';
import { readRuns } from './reader.js';
import { readBoard } from './real.js';
import { points, study } from './study.js';

const FOLLOWER = fileURLToPath(new URL('fixtures/follow_events.py', import.meta.url));
const objective = (metric: string) => ({ metric, direction: 'minimize', reduce: 'last' }) as const;

/** Numbers as TensorBoard's answers have them. */
const inJson = (value: number) => (Number.isFinite(value) ? value : String(value));

/** Trials of all kinds, with odd names and values. */
async function oddStudy() {
  const { begin, folder, trials } = study({
    spec: { ...studyInfo.spec, objectives: [objective('loss'), objective('µs/%-p')] },
  });
  const logger = await begin();
  const odd = { 'a/b é"\n<b>': 'x\u202e<script>', empty: '', lr: 1e-7, opt: 'adam', flag: false, n: 2 ** 40 };
  logger.on(started(0, { params: odd }));
  logger.on(
    reported(
      0,
      ['loss', 0, Number.NaN],
      ['loss', 1, Number.POSITIVE_INFINITY],
      ['loss', MAX_STEP, 1e300],
      ['µs/%-p', 1, 0],
      ['acc', null, 0.5],
    ),
  );
  logger.on(finished(0, { values: [Number.POSITIVE_INFINITY, 0] }));
  // Another condition: another set of parameters.
  logger.on(started(1, { params: { opt: 'sgd', momentum: 0.5, flag: true } }));
  logger.on(reported(1, ['loss', 1, 2]));
  logger.on(finished(1, { state: 'fail', values: null }));
  logger.on(started(2, { params: {} }));
  logger.on(finished(2, { state: 'pruned', values: [1, 2] }));
  logger.on(started(3, { params: { opt: 'sgd' } }));
  logger.on(reported(3, ['loss', 1, 7]));
  trials[4] = { values: [0.5, 3], params: { opt: 'lion' }, points: points(['loss', 2, 0.5], ['loss', 1, 1]) };
  await (await begin()).close(5000);
  await logger.close(1000);
  return folder;
}

describeWithReal('tensorboard', 'TensorBoard', () => {
  test.each([false, true])(
    'shows every value, and the table of parameters (data server: %s)',
    async (fast) => {
      const folder = await oddStudy();
      const { scalars, columns, rows } = await readBoard(folder, fast);
      for (const [run, written] of Object.entries(readRuns(folder))) {
        const tags = Object.entries(written.scalars).map(([tag, all]) => [
          tag,
          all.map(([step, value]) => [step, inJson(value)]),
        ]);
        // A run without values has no tags.
        expect([run, scalars[run] ?? {}]).toEqual([run, Object.fromEntries(tags)]);
      }
      expect(scalars['study/trial-00000']?.loss).toEqual([
        [0, 'NaN'],
        [1, 'Infinity'],
        [MAX_STEP, 'Infinity'],
      ]);
      expect([...columns].sort()).toEqual(
        ['a/b é"\n<b>', 'empty', 'flag', 'lr', 'momentum', 'n', 'opt'].sort(),
      );
      const sessions = rows.flatMap((each) =>
        each.sessions.map((session) => [each.params, session] as const),
      );
      const byName = Object.fromEntries(
        sessions.map(([params, { name, ...session }]) => [name, { params, ...session }]),
      );
      expect(byName['study/trial-00000']).toEqual({
        params: {
          'a/b é"\n<b>': 'x\u202e<script>',
          empty: '',
          lr: 1e-7,
          opt: 'adam',
          flag: false,
          n: 2 ** 40,
        },
        status: 'STATUS_SUCCESS',
        metrics: {
          loss: 'Infinity',
          'µs/%-p': 0,
          acc: 0.5,
          'objective/loss': 'Infinity',
          'objective/µs/%-p': 0,
        },
      });
      expect(byName['study/trial-00001']).toEqual({
        params: { opt: 'sgd', momentum: 0.5, flag: true },
        status: 'STATUS_FAILURE',
        metrics: { loss: 2 },
      });
      expect(byName['study/trial-00002']?.status).toBe('STATUS_SUCCESS');
      expect(byName['study/trial-00003']?.status).toBe('STATUS_UNKNOWN');
      expect(byName['study/trial-00004']?.metrics).toMatchObject({ 'objective/loss': 0.5, loss: 0.5 });
    },
  );

  test('that follows a trial forgets the attempt that a retry replaces', async () => {
    const { begin, folder, trials } = study();
    const child = spawn(REAL.tensorboard, [FOLLOWER, `${folder}/study/trial-00000`]);
    onTestFinished(() => void child.kill());
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const look = async () => {
      child.stdin.write('\n');
      return JSON.parse(String((await answers.next()).value)) as unknown;
    };
    const logger = await begin();
    logger.on(started(0));
    logger.on(reported(0, ['loss', 1, 4], ['loss', 2, 3], ['acc', 1, 1], ['acc', 3, 1]));
    await logger.flush();
    expect(await look()).toEqual({
      acc: [
        [1, 1],
        [3, 1],
      ],
      loss: [
        [1, 4],
        [2, 3],
      ],
    });
    logger.on({ type: 'trial-requeued', trial: 0, reason: 'r' });
    trials[0] = { attempt: 2, state: 'running', points: points(['loss', 1, 4]) };
    logger.on(started(0, { attempt: 2 }));
    logger.on(reported(0, ['loss', 2, 8]));
    logger.on(finished(0, { values: [8] }));
    await logger.close(1000);
    expect(await look()).toEqual({
      loss: [
        [1, 4],
        [2, 8],
      ],
      'objective/loss': [[2, 8]],
    });
  });
});
