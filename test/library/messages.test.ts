import { describe, expect, onTestFinished, test } from 'vitest';
import type { FunctionTrial } from '../../src/executors/function/trial.js';
import { categorical, createStudy, float, int, loadStudy, openStorage } from '../../src/index.js';
import { TrialLoop } from '../../src/library/loop.js';
import { until } from '../support/until.js';
import { closing, sqliteUrl } from './support.js';

const space = { x: float(0, 1) };
const create = () => closing(createStudy({ direction: 'minimize', space, sampler: 'random' }));

/** Collects the warnings of this process. */
function warnings(): string[] {
  const found: string[] = [];
  const note = ({ message }: Error) => void found.push(message);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  return found;
}

describe('a loop whose body forgets to end trials', () => {
  test('says so once where it fails them', async () => {
    const said = warnings();
    const study = await create();
    for await (const trial of study.run({ totalTrials: 3 })) expect(trial.number).toBeLessThan(3);
    await until(() => said.length > 0);
    expect(said).toEqual([
      'trial 0 failed: the body asked for the next trial without calling complete, fail or prune',
    ]);
  });

  test('names them where it waits for them', async () => {
    const said: string[] = [];
    const given = (number: number) => ({ number, signal: new AbortController().signal }) as FunctionTrial;
    const loop = new TrialLoop({
      start: async (self) => {
        for (const number of [4, 5]) void self.objective(given(number)).catch(() => {});
        return new Promise(() => {});
      },
      drain: () => {},
      writeAttrs: async () => {},
      metrics: ['objective'],
      concurrency: 2,
      warn: (error) => void said.push(String(error)),
      retries: false,
      abortReason: () => undefined,
      quietMs: 1,
    });
    await loop.next();
    await loop.next();
    void loop.next();
    await until(() => said.length > 0);
    expect(said[0]).toMatch(
      /HpoWarning: trials without an end: 4, 5\. The loop waits until complete, fail or prune/,
    );
  });
});

test('onEnd says why a loop has ended; too many failures are a warning without it', async () => {
  const said = warnings();
  const study = await create();
  const ends: string[] = [];
  const limits = { maxConsecutiveFailures: 2, onEnd: ({ end }: { end: string }) => void ends.push(end) };
  for await (const trial of study.run({ totalTrials: 5, ...limits })) await trial.fail('no key');
  for await (const trial of study.run({ trials: '+1', ...limits })) await trial.complete(1);
  expect(ends).toEqual(['max-consecutive-failures', 'budget']);
  expect(said).toEqual([]);
  for await (const trial of study.run({ trials: '+3', maxConsecutiveFailures: 1 }))
    await trial.fail('no key');
  await until(() => said.length > 0);
  expect(said[0]).toContain('study study stopped early');
});

test('what a program without types gives is named in the error', async () => {
  const study = await create();
  const { signal } = new AbortController();
  const wrong = (run: () => unknown) => expect(async () => run()).rejects;
  await wrong(() => createStudy(undefined as never)).toThrow('expected an object of options, got undefined');
  await wrong(() => study.run({ signal: { signal } as never })).toThrow(
    'expected signal to be an AbortSignal',
  );
  await wrong(() => float('0' as never, 1)).toThrow('bounds must be numbers, got "0" and 1');
  await wrong(() => categorical('sgd' as never, 'adam' as never)).toThrow('choices must be one list');
  await wrong(() => study.tell(study.ask() as never, 1)).toThrow('got no trial; await ask() first');
  const asked = await study.ask();
  await wrong(() => study.tell(asked, Promise.resolve(1) as never)).toThrow('got a Promise of it');
  await study.tell(asked, 1);
  await wrong(() => study.tell(asked, 1)).toThrow(`trial ${asked.number}, which has an end already`);
  await wrong(() => study.importance('cents' as never)).toThrow('expected { objective: NAME }, got "cents"');
  const broken = (sampler: unknown) =>
    createStudy({ direction: 'minimize', space, sampler: sampler as 'tpe' });
  await wrong(() => broken(() => ({ params: {} }))).toThrow('an object for the sampler, got a function');
  for await (const trial of study.run({ trials: '+1' })) {
    await wrong(() => trial.complete(Promise.resolve(3) as never)).toThrow('got a Promise of it');
    await wrong(() => trial.complete({ loss: 3 } as never)).toThrow(
      'expected a number, or { objective: number }',
    );
    await trial.complete(3);
  }
});

test.each<[string, () => unknown, string]>([
  ['an empty range', () => float(1, 0), 'space.range'],
  ['a logarithm of 0', () => float(0, 1, { log: true }), 'space.range'],
  ['log with a step', () => int(1, 9, { log: true, step: 2 }), 'space.range'],
  ['a fraction as a bound', () => int(0.5, 3), 'space.range'],
  ['one step of a grid', () => float(0, 1, { steps: 1 }), 'space.range'],
  ['text as a bound', () => float('0' as never, 1), 'space.range'],
  ['a choice twice', () => categorical(['a', 'a']), 'space.choices'],
  ['no choice', () => categorical([]), 'space.choices'],
  ['a choice that is an object', () => categorical([{}] as never), 'space.choices'],
  ['choices that are no list', () => categorical('a' as never), 'space.choices'],
  ['a misspelled option', () => float(0, 1, { priro: 0.5 } as never), 'space.unknown-option'],
  ['a prior outside', () => float(0, 1, { prior: 2 }), 'space.prior'],
  ['an unknown confidence', () => int(0, 1, { prior: 1, confidence: 'hihg' as never }), 'space.prior'],
  ['a confidence alone', () => categorical(['a', 'b'], { confidence: 'high' }), 'space.prior'],
])('%s of a parameter has a code', (_, make, code) => {
  expect(make).toThrow(expect.objectContaining({ name: 'HpoError', code, usage: true }));
});

test('what an objective suggests or reports wrongly has a code', async () => {
  const study = await closing(createStudy({ direction: 'minimize', sampler: 'random' }));
  const code = async (body: (trial: FunctionTrial) => void) => {
    const error: unknown = await study
      .optimize(
        (trial) => {
          body(trial);
          return 1;
        },
        { trials: '+1' },
      )
      .catch((caught: unknown) => caught);
    return (error as { readonly code?: string }).code;
  };
  expect(await code((trial) => trial.suggestFloat('x', 1, 0))).toBe('space.range');
  expect(await code((trial) => trial.suggestCategorical('c', []))).toBe('space.choices');
  expect(await code((trial) => trial.report(1, -1))).toBe('trial.step');
  expect(await code((trial) => trial.report('1' as never, 1))).toBe('trial.values');
  expect(await code((trial) => trial.report({ objective: '1' as never }, 1))).toBe('trial.values');
});

test('numbers that JSON lacks are shown as what they are, and text in quotes', async () => {
  const wrong = (more: object) =>
    expect(createStudy({ direction: 'minimize', space, ...more } as never)).rejects;
  await wrong({ seed: Number.NaN }).toThrow('got NaN');
  await wrong({ repeats: Number.POSITIVE_INFINITY }).toThrow('got Infinity');
  await wrong({ transfer: { studies: ['a'], weight: Number.NaN } }).toThrow('got NaN');
  await wrong({ sampler: { name: 'tpe', startupTrials: Number.NaN } }).toThrow('got NaN');
  const study = await create();
  await expect(study.ask('3' as never)).rejects.toThrow('got "3"');
  await expect(study.enqueue({ x: Number.NaN })).rejects.toThrow('got NaN');
});

test('a condition on a choice that there is not is refused', async () => {
  const opt = categorical(['sgd', 'adam']);
  const depending = (condition: { opt: string | string[] | { not: string | string[] } }) =>
    createStudy({
      direction: 'minimize',
      space: { opt, m: float(0, 1).when(condition) } as object as typeof space,
    });
  for (const condition of [{ opt: 'rmsprop' }, { opt: ['sgd', 'rmsprop'] }, { opt: { not: 'rmsprop' } }])
    await expect(async () => depending(condition)).rejects.toMatchObject({
      code: 'space.unknown-choice',
      message: 'expected m to depend on a choice of opt (sgd, adam), got "rmsprop"',
    });
  for (const condition of [{ opt: 'sgd' }, { opt: { not: ['sgd'] } }]) await closing(depending(condition));
});

test('fixes name what a program can do, and no flag', async () => {
  const storage = sqliteUrl();
  const missing = loadStudy({ name: 'study', storage });
  await expect(missing).rejects.toMatchObject({ fix: expect.stringContaining('createStudy makes the file') });
  await using shared = await openStorage(storage);
  await closing(createStudy({ direction: 'minimize', space, storage: shared }));
  const other = loadStudy({ name: 'study', storage: shared, space: { y: float(0, 1) } });
  await expect(other).rejects.toMatchObject({
    fix: expect.stringContaining('leave space and objectives out'),
  });
});
