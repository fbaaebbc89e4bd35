import { expect, test } from 'vitest';
import { categorical, createStudy, float, grid, int, loadStudy } from '../../src/index.js';
import { sqliteUrl } from './support.js';

const space = {
  m: int(1, 10),
  n: int(1, 10),
  k: int(1, 10),
  opt: categorical(['sgd', 'adam']),
  momentum: float(0, 1, { steps: 3 }),
};
const loss = ({ params }: { params: { m: number; n: number; k: number } }) =>
  (params.m - 9) ** 2 + (params.n - 9) ** 2 + (params.k - 9) ** 2;

test('every configuration keeps the rules of a program, with any sampler', async () => {
  for (const sampler of ['random', 'qmc', 'tpe', 'gp', 'auto', 'cmaes', 'nsga2'] as const) {
    await using study = await createStudy({
      direction: 'minimize',
      space,
      sampler,
      constraints: [
        { sum: ['m', 'n', 'k'], max: 18 },
        { product: ['m', 'k'], min: 4 },
        { forbid: { n: { lt: { param: 'm' } } } },
        { forbid: { opt: 'sgd', momentum: { gt: 0.5 } } },
        { when: { opt: 'adam' }, set: { momentum: 0 } },
      ],
    });
    await study.optimize(loss, { trials: 14 });
    for (const { params } of await study.trials()) {
      const { m, n, k, opt, momentum } = params as Record<string, number | string>;
      expect(Number(m) + Number(n) + Number(k)).toBeLessThanOrEqual(18);
      expect(Number(m) * Number(k)).toBeGreaterThanOrEqual(4);
      expect(n).toBeGreaterThanOrEqual(Number(m));
      expect(opt === 'adam' ? 0 : momentum).toBeLessThanOrEqual(0.5);
    }
  }
});

test('a sampler of a program that breaks a rule is moved to where the rules allow', async () => {
  const stubborn = { sample: () => ({ params: { x: 0.9, y: 0.9 } }) };
  await using study = await createStudy({
    direction: 'minimize',
    space: { x: float(0, 1), y: float(0, 1) },
    constraints: [{ sum: ['x', 'y'], max: 1 }],
    sampler: stubborn,
  });
  const { params } = await study.ask();
  expect(params.x).toBe(0.9);
  expect(params.y).toBeGreaterThan(0);
  expect(params.y).toBeLessThan(0.1 + 1e-9);
});

test('a grid takes steps of a range, and counts what the rules leave', async () => {
  await using study = await createStudy({
    direction: 'minimize',
    space: { x: float(0, 1, { steps: 5 }), y: float(0, 1, { steps: 5 }) },
    constraints: [{ sum: ['x', 'y'], max: 1 }],
    sampler: grid(),
  });
  await study.optimize(({ params: { x, y } }) => x + y);
  expect(await study.trials()).toHaveLength(15);
});

test('a limit of a metric makes a better value worth less than one within it', async () => {
  await using study = await createStudy({
    direction: 'minimize',
    space: { x: float(0, 1, { steps: 5 }) },
    constraints: ['memory <= 50'],
    sampler: grid(),
  });
  await study.optimize((trial) => {
    trial.report({ value: 1 - trial.params.x, memory: 100 * trial.params.x }, 1);
    return 1 - trial.params.x;
  });
  expect((await study.best())?.params.x).toBe(0.5);
});

test('rules are stored with a study, and part of what it is', async () => {
  const storage = sqliteUrl();
  const options = { direction: 'minimize', space: { x: float(0, 1), y: float(0, 1) }, storage } as const;
  const constraints = [{ forbid: { x: { lt: { param: 'y' } } } }] as const;
  await (await createStudy({ ...options, constraints })).close();
  await using again = await loadStudy({ storage, name: 'study' });
  const { params } = await again.ask();
  expect(Number(params.x)).toBeGreaterThanOrEqual(Number(params.y));
  await expect(createStudy({ ...options, loadIfExists: true })).rejects.toThrow('constraints');
});

test('rules that nothing keeps, and slips in them, are refused', async () => {
  const refused = (constraints: unknown) =>
    createStudy({ direction: 'minimize', space, constraints: constraints as [] });
  await expect(refused([{ sum: ['m', 'n', 'k'], max: 2 }])).rejects.toThrow(
    'no configuration keeps this one',
  );
  await expect(refused([{ sum: ['m', 'nn'], max: 2 }])).rejects.toThrow(
    'a sum names nn, which is no parameter',
  );
  await expect(refused([{ forbid: { n: { lt: { param: 'mm' } } } }])).rejects.toThrow('names mm');
  await expect(refused([{ sum: ['m', 'opt'], max: 2 }])).rejects.toThrow('parameters of numbers in a sum');
  await expect(refused([{ product: ['m', 'nn'], min: 2 }])).rejects.toThrow('a product names nn');
  await expect(refused([{ sum: ['m', 'n'] }])).rejects.toMatchObject({
    code: 'space.constraint',
    message: 'expected a limit of the sum, got none',
    fix: 'add max, min or both',
  });
  await expect(refused([{ sum: ['m', 'n'], max: Number.NaN }])).rejects.toThrow(
    'expected a number as max of the sum, got NaN',
  );
  await expect(refused([{ summ: ['m', 'n'], max: 2 }])).rejects.toThrow(
    'expected { forbid }, { when, set }, or { sum } or { product } of names with max, min or both, got {"summ"',
  );
  await expect(refused(['memory < 3'])).rejects.toThrow('a limit of a metric');
  await expect(createStudy({ direction: 'minimize', constraints: [{ sum: ['m'], max: 1 }] })).rejects.toThrow(
    'expected a space',
  );
});

test('the compiler knows the parameters that a rule may name', () => {
  const make = () =>
    createStudy({
      direction: 'minimize',
      space,
      constraints: [
        // @ts-expect-error: no parameter is called so.
        { sum: ['m', 'mm'], max: 3 },
        // @ts-expect-error: words have no sum.
        { sum: ['m', 'opt'], max: 3 },
        // @ts-expect-error: no parameter is called so.
        { forbid: { n: { lt: { param: 'mm' } } } },
        // @ts-expect-error: it is no choice.
        { forbid: { opt: 'rmsprop' } },
      ],
    });
  expect(make).toBeTypeOf('function');
});

test('a condition that says nothing is refused, as in a sweep file', async () => {
  const names = { a: float(0, 1), b: float(0, 1), opt: categorical(['sgd', 'adam']), n: categorical([1, 2]) };
  const odd: [condition: object, code: string][] = [
    [{ opt: 'sdg' }, 'space.unknown-choice'],
    [{ opt: ['sgd', 'adma'] }, 'space.unknown-choice'],
    [{ opt: { not: 'sdg' } }, 'space.unknown-choice'],
    [{ n: 3 }, 'space.unknown-choice'],
    [{ a: { lessThan: 1 } }, 'space.condition'],
    [{ a: {} }, 'space.condition'],
    [{ a: { lt: 'b' } }, 'space.condition'],
    [{ a: { lt: Number.NaN } }, 'space.condition'],
    [{ a: { lt: Number.POSITIVE_INFINITY } }, 'space.condition'],
    [{ a: { lt: { par: 'b' } } }, 'space.condition'],
    [{ opt: { lt: 3 } }, 'space.condition'],
  ];
  const others: [condition: object, code: string][] = [
    [{ a: { lt: { param: 'a' } } }, 'space.condition'],
    [{ a: { lt: { param: 'opt' } } }, 'space.condition'],
    [{ a: { param: 'b', lt: 1 } }, 'space.condition'],
    [{ a: { lt: { param: 'c' } } }, 'space.unknown-name'],
  ];
  const direction = 'minimize';
  for (const [condition, code] of [...odd, ...others]) {
    const constraints = [{ forbid: condition }] as never;
    await expect(
      createStudy({ direction, space: names, constraints }),
      JSON.stringify(condition),
    ).rejects.toThrow(expect.objectContaining({ code }));
  }
  for (const [condition, code] of [...odd, [{ a: { lt: { param: 'b' } } }, 'space.condition'] as const]) {
    const constraints = [{ when: condition, set: { b: 0.5 } }] as never;
    await expect(createStudy({ direction, space: names, constraints })).rejects.toThrow(
      expect.objectContaining({ code }),
    );
    const space = { ...names, c: float(0, 1).when(condition as never) } as never;
    await expect(createStudy({ direction, space })).rejects.toThrow(expect.objectContaining({ code }));
  }
});

test('a condition may name what constraints set, another parameter, and a limit that is never reached', async () => {
  await using study = await createStudy({
    direction: 'minimize',
    space: { a: float(0, 1), b: float(0, 1), opt: categorical(['sgd', 'adam']), n: categorical([1, 2]) },
    constraints: [
      { when: { opt: 'sgd' }, set: { n: 3 } },
      { forbid: { n: 3, a: { gt: 0.5 } } },
      { forbid: { n: { ge: { param: 'a' } }, opt: { not: 'sgd' }, b: { gt: 5 } } },
      { forbid: { a: { param: 'b' } } },
    ] as never,
  });
  expect((await study.ask()).params).toHaveProperty('a');
});

test('limits of metrics count for trials that a program asks for', async () => {
  for (const objectives of [{ loss: 'minimize' }, { loss: 'minimize', time: 'minimize' }] as const) {
    await using study = await createStudy({
      objectives: objectives as Record<string, 'minimize'>,
      space: { n: int(1, 8) },
      constraints: ['memory <= 12'],
      sampler: grid(),
    });
    const namesOf = Object.keys(objectives);
    for (const trial of await study.ask(8)) {
      const values = Object.fromEntries(namesOf.map((name) => [name, 10 - trial.params.n]));
      trial.report({ ...values, memory: 2 * trial.params.n }, 1);
      await study.tell(trial, values);
    }
    expect((await study.bestTrials()).map(({ params }) => params)).toEqual([{ n: 6 }]);
  }
});

test('a trial does not complete by tell without a metric that has a limit', async () => {
  await using study = await createStudy({
    direction: 'minimize',
    space: { x: float(0, 1) },
    constraints: ['memory <= 12'],
  });
  const trial = await study.ask();
  await expect(study.tell(trial, 1)).rejects.toThrow(expect.objectContaining({ code: 'tell.no-metric' }));
  trial.report({ value: 1, memory: 4 }, 1);
  await study.tell(trial, 1);
  await study.tell(await study.ask(), { state: 'fail', reason: 'no memory' });
  expect((await study.trials()).map(({ state }) => state)).toEqual(['complete', 'fail']);
});
