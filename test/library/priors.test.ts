import { expect, test } from 'vitest';
import {
  categorical,
  createStudy,
  float,
  int,
  type Logger,
  loadStudy,
  openStorage,
} from '../../src/index.js';
import { openStorage as openInside } from '../../src/storage/open.js';
import { storedSpec } from '../../src/study/stored-spec.js';
import { sqliteUrl } from './support.js';

const rate = (prior: number, confidence: 'low' | 'high' = 'high') =>
  float(1e-5, 0.1, { log: true, prior, confidence });

test('the first trial has the values that the priors name', async () => {
  const space = {
    rate: rate(1e-3),
    layers: int(1, 8, { prior: 3 }),
    opt: categorical(['sgd', 'adam', 'lion'], { prior: [0.1, 0.7, 0.2] }),
    momentum: float(0, 1, { prior: 0.9 }).when({ opt: 'adam' }),
  };
  await using study = await createStudy({ direction: 'minimize', space });
  const { params } = await study.ask();
  expect(params).toEqual({ rate: 1e-3, layers: 3, opt: 'adam', momentum: 0.9 });
});

test('a prior is refused where it does not fit, as is a slip in its name', () => {
  expect(() => float(0, 1, { prior: 2 })).toThrow(
    expect.objectContaining({ code: 'space.prior', fix: expect.stringContaining('[0, 1]') as string }),
  );
  expect(() => float(0, 1, { prior: Number.NaN })).toThrow('got NaN');
  expect(() => categorical(['a', 'b'], { prior: [1, Number.NaN] })).toThrow('got [1,NaN]');
  expect(() => int(1, 3, { prior: 0 })).toThrow('a number in [1, 3], got 0');
  expect(() => categorical(['a', 'b'], { prior: [1] })).toThrow('2 weights, one for each choice');
  expect(() => float(0, 1, { prior: 0.5, confidence: 'sure' as 'high' })).toThrow('low, medium, high');
  expect(() => float(0, 1, { confidense: 'high' } as object)).toThrow(
    'expected one of log, step, steps, prior, confidence, got confidense',
  );
});

test('a program may change the priors of its study: those that are new count from there', async () => {
  const storage = sqliteUrl();
  const stored = async () => {
    const opened = await openInside(storage, { create: false, readOnly: true });
    const record = await opened.findStudy('s');
    await opened.close();
    return record && storedSpec(record).space.params.map(({ prior }) => prior ?? null);
  };
  const open = (space: Parameters<typeof createStudy>[0]['space'] & object) =>
    createStudy({ name: 's', storage, direction: 'minimize', loadIfExists: true, space });
  {
    await using study = await open({ x: float(0, 1, { prior: 0.2 }), y: float(0, 1, { prior: 0.5 }) });
    await study.optimize(({ params }) => Number(params.x), { trials: 4 });
  }
  const before = { at: 0.5, confidence: 'medium', since: 0 };
  {
    await using study = await open({ x: float(0, 1, { prior: 0.8 }), y: float(0, 1, { prior: 0.5 }) });
    expect(study.name).toBe('s');
  }
  expect(await stored()).toEqual([{ at: 0.8, confidence: 'medium', since: 4 }, before]);
  {
    await using study = await open({ x: float(0, 1, { prior: 0.8 }), y: float(0, 1) });
    await study.optimize(({ params }) => Number(params.x), { trials: 5 });
  }
  expect(await stored()).toEqual([{ at: 0.8, confidence: 'medium', since: 4 }, null]);
  {
    await using study = await loadStudy({
      name: 's',
      storage,
      space: { x: float(0, 1, { prior: 0.8 }), y: float(0, 1, { prior: 0.1, confidence: 'low' }) },
    });
    expect(study.name).toBe('s');
  }
  expect(await stored()).toEqual([
    { at: 0.8, confidence: 'medium', since: 4 },
    { at: 0.1, confidence: 'low', since: 5 },
  ]);
  // Without a space the study keeps what it has.
  {
    await using study = await loadStudy({ name: 's', storage });
    expect(study.name).toBe('s');
  }
  expect((await stored())?.[1]).toEqual({ at: 0.1, confidence: 'low', since: 5 });
});

test('a running call reads the priors that another one stores', async () => {
  await using storage = await openStorage(sqliteUrl());
  const common = { name: 's', storage, direction: 'minimize', loadIfExists: true, sampler: 'tpe' } as const;
  await using study = await createStudy({ ...common, space: { x: float(0, 1000, { prior: 100 }) } });
  let tell = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const logger: Logger = {
    open: async () => {},
    on: ({ type }) => {
      if (type === 'priors-changed') tell();
    },
    flush: async () => {},
    close: async () => {},
  };
  const after: number[] = [];
  await study.optimize(
    async ({ params, number }) => {
      if (number === 8) {
        const space = { x: float(0, 1000, { prior: 900, confidence: 'high' }) };
        await using other = await createStudy({ ...common, space });
        expect(other.name).toBe('s');
        await told;
      }
      if (number > 8) after.push(params.x);
      return params.x;
    },
    { trials: 14, loggers: [logger] },
  );
  // Low values are good: only the prior leads to high ones.
  expect(after.filter((x) => Math.abs(x - 900) < 250).length).toBeGreaterThan(2);
});
