import { describe, expect, test } from 'vitest';
import { hpo, makeSweep, runHere, sweepFile, trialsOf, writeFiles } from '../support/cli.js';

const space = {
  parameters: { x: { min: 0, max: 1 }, opt: ['sgd', 'adam'], m: { min: 0, max: 1, when: { opt: 'sgd' } } },
  sampler: 'random',
  trials: 3,
};

describe('hpo enqueue', () => {
  test('makes the study, and the next sweep tries it first; partly given ones are filled in', async () => {
    const cwd = makeSweep(space);
    expect(await hpo(cwd, 'enqueue', 'x=0.25', 'opt=adam')).toBe(
      'trial 0 waits with x=0.25 opt=adam\na running sweep picks it up; else run: hpo optimize\n',
    );
    expect(JSON.parse(await hpo(cwd, 'enqueue', 'm=1e-1', '--json'))).toEqual([
      { schema: 'hpo.enqueue/1', study: 's', trial: 1, params: { m: 0.1 } },
    ]);
    expect(await trialsOf(cwd)).toMatchObject([
      { state: 'WAITING', params: { x: 0.25, opt: 'adam' } },
      { state: 'WAITING', params: { m: 0.1 } },
    ]);
    expect(await hpo(cwd, 'optimize')).toContain('3 complete');
    expect((await trialsOf(cwd)).map(({ state, params }) => [state, params])).toEqual([
      ['COMPLETE', { x: 0.25, opt: 'adam' }],
      ['COMPLETE', { x: expect.any(Number), opt: 'sgd', m: 0.1 }],
      ['COMPLETE', expect.anything()],
    ]);
    // hpo ask hands them out too.
    await hpo(cwd, 'enqueue', 'x=0.5', 'opt=adam');
    expect(JSON.parse(await hpo(cwd, 'ask', '--json'))).toMatchObject({
      trial: 3,
      params: { x: 0.5, opt: 'adam' },
    });
  });

  test('refuses what could never be run, with its reason', async () => {
    const cwd = makeSweep({ ...space, constraints: [{ forbid: { x: { gt: 0.9 }, opt: 'adam' } }] });
    await hpo(cwd, 'enqueue', 'x=0.25', 'opt=adam');
    const mistakes: [string[], string][] = [
      [[], 'error[enqueue.what]: expected key=value arguments or --from STUDY, got neither'],
      [['x=1', '--from', 's'], 'error[enqueue.what]'],
      [['y=1'], 'error[enqueue.bad-value]: expected the name of a parameter, got y'],
      [['x'], 'error[enqueue.bad-value]: expected key=value, got "x"'],
      [['x=2'], 'error[enqueue.bad-value]: expected x in [0, 1], got "2"'],
      [['x=0x1'], 'error[enqueue.bad-value]'],
      [['x=0', 'x=1'], 'got x twice'],
      [['opt=Adam'], 'expected opt one of ["sgd","adam"], got "Adam"'],
      [
        ['x=0.5', 'opt=adam', 'm=0.5'],
        'error[enqueue.inactive]: expected a configuration to try, but conditions leave out m',
      ],
      [['x=0.95', 'opt=adam'], 'but a constraint forbids it'],
      [['x=0.25', 'opt=adam'], 'but trial 0 waits with the same'],
      [['--from', 'none'], 'error[study.not-found]'],
    ];
    for (const [args, message] of mistakes) {
      const { code, stderr } = await runHere(['enqueue', ...args], { cwd });
      expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining(message)]);
    }
    await hpo(cwd, 'optimize');
    const { stderr } = await runHere(['enqueue', 'opt=adam', 'x=0.25'], { cwd });
    expect(stderr).toContain('but trial 0 has tried it');
  });

  test('takes the best configurations of another study, as far as they fit', async () => {
    const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4], old: [7] } });
    await hpo(cwd, 'optimize');
    const next = sweepFile({
      study: 'next',
      parameters: { x: { min: 0, max: 2, step: 1 }, new: [1, 2] },
      sampler: 'random',
    });
    writeFiles(cwd, { 'cfg/next.yaml': next });
    const args = ['enqueue', '--sweep', 'cfg/next.yaml', '--from', 's', '--top', '3'];
    const ran = await runHere(args, { cwd });
    expect(ran.stdout).toBe(
      'trial 0 waits with x=1\ntrial 1 waits with x=2\na running sweep picks it up; else run: hpo optimize\n',
    );
    expect(ran.stderr).toBe('1 of them left out: none of their parameters fits this search\n');
    const again = await runHere(args, { cwd });
    expect(again.stdout).toBe('nothing to enqueue\n');
    expect(again.stderr).toContain('2 of them left out: they are tried, enqueued or forbidden here');
  });
});

describe('the sweep file', () => {
  test('may name initial points and another study to start from; points added later are tried too', async () => {
    const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4] } });
    await hpo(cwd, 'optimize');
    const more = { study: 'next', parameters: { x: { min: 0, max: 9 }, n: [1, 2] }, sampler: 'random' };
    const start = [{ x: 0.5, n: 2 }, { n: 1 }];
    const file = (extra: object) => ({ 'cfg/sweep.yaml': sweepFile({ ...more, ...extra }) });
    writeFiles(cwd, file({ start, warm_start: { study: 's', top: 2 }, trials: 5 }));
    await hpo(cwd, 'optimize');
    const params = async () => (await trialsOf(cwd)).map((trial) => trial.params);
    expect((await params()).slice(0, 4)).toEqual([
      { x: 0.5, n: 2 },
      { x: expect.any(Number), n: 1 },
      { x: 1, n: expect.any(Number) },
      { x: 2, n: expect.any(Number) },
    ]);
    writeFiles(cwd, file({ start: [...start, { x: 8, n: 1 }], trials: 5 }));
    await hpo(cwd, 'optimize');
    expect((await params()).slice(5)).toEqual([{ x: 8, n: 1 }]);
  });

  test('is refused where an initial point could never be run, each mistake at its position', async () => {
    const parameters = {
      x: { min: 0, max: 1 },
      opt: ['sgd', 'adam'],
      m: { min: 0, max: 1, when: { opt: 'sgd' } },
    };
    const start = [{ x: 7 }, { y: 1 }, { x: 0, opt: 'adam', m: 0 }, { x: 0.5 }, { x: 0.5 }];
    const cwd = makeSweep({ parameters, start, sampler: 'random' });
    const { code, stderr } = await runHere(['optimize'], { cwd });
    expect(code).toBe(2);
    for (const message of [
      'cfg/sweep.yaml:1:',
      'error[config.bad-initial-point]: expected x in [0, 1], got 7',
      'error[config.bad-initial-point]: expected the name of a parameter, got y',
      'error[config.bad-initial-point]: expected active parameters only, but conditions exclude m here',
      'error[config.duplicate-value]: this initial point is given twice',
    ])
      expect(stderr).toContain(message);
    const none = makeSweep({ parameters, warm_start: { study: 'gone' }, sampler: 'random' });
    expect((await runHere(['optimize'], { cwd: none })).stderr).toContain(
      'error[study.not-found]: no study gone',
    );
  });
});
