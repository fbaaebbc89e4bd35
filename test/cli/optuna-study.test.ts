import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hpo, makeProject, readCsv, runHere, sweepFile, trialsOf, writeFiles } from '../support/cli.js';
import { askOptuna } from '../support/optuna.js';
import { describeWithReal } from '../support/real-part.js';

type Said = Readonly<
  Record<string, { trials: number; states: string[]; best: number | null; front: number[] | null }>
>;
type Seen = { readonly best: number | null; readonly trials: readonly Readonly<Record<string, unknown>>[] };

const DB = 'storage/hpo.db';

describeWithReal('optuna', 'a study that Optuna made', () => {
  const made = mkdtempSync(join(tmpdir(), 'hpo-optuna-'));
  let said: Said;
  beforeAll(async () => {
    said = await askOptuna<Said>('foreign_studies.py', join(made, 'theirs.db'));
  }, 120_000);
  afterAll(() => rmSync(made, { recursive: true, force: true }));

  /** A project whose database is a copy of Optuna's, with a sweep file if there is to be one. */
  const project = (sweep: Readonly<Record<string, unknown>> | null = null): string => {
    const files = { 'storage/.keep': '', ...(sweep ? { 'cfg/sweep.yaml': sweepFile(sweep) } : {}) };
    const cwd = makeProject(files);
    copyFileSync(join(made, 'theirs.db'), join(cwd, DB));
    return cwd;
  };
  const readBack = (cwd: string, study: string) => askOptuna<Seen>('read_study.py', join(cwd, DB), [study]);

  describe('is read', () => {
    test('with its trials, its best and its table, and the file stays as it is', async () => {
      const cwd = project();
      const before = readFileSync(join(cwd, DB));
      for (const [study, { states, best, front }] of Object.entries(said)) {
        const of = ['--study', study];
        const trials = await trialsOf(cwd, ...of);
        expect(trials.map(({ state }) => state)).toEqual(states);
        const ranked = JSON.parse(await hpo(cwd, 'best', '--json', ...of)) as { trials: number[] }[];
        if (front) expect(ranked.flatMap((config) => config.trials).sort()).toEqual(front);
        // Equal configurations are told as one here, by their mean: these are `bare` and `infinite`.
        else if (best !== null && study !== 'bare' && study !== 'infinite')
          expect([study, ranked[0]?.trials]).toEqual([study, [best]]);
      }
      await hpo(cwd, 'export-csv', '--out', 'out.csv', '--study', 'plain');
      expect(readCsv(join(cwd, 'out.csv')).map(({ state }) => state)).toEqual(said.plain?.states);
      await hpo(cwd, 'study', 'show', 'conditional');
      await hpo(cwd, 'study', 'list');
      await hpo(cwd, 'importance', '--study', 'plain');
      expect(readFileSync(join(cwd, DB)).equals(before)).toBe(true);
    });

    test('with every parameter as it was chosen, and the names of its objectives', async () => {
      const cwd = project();
      const trials = await trialsOf(cwd, '--study', 'mixed');
      expect(trials.map(({ params }) => params.c)).toEqual(['a', null, true, 1.5, 3, '[1, 2]', '{"k": "v"}']);
      expect(await hpo(cwd, 'best', '--study', 'plain')).toMatch(/^ *accuracy /);
      expect(await hpo(cwd, 'best', '--study', 'fronts')).toMatch(/^ *value0 +value1 /);
      // What never was told is nowhere: a waiting trial has what it is to be run with.
      expect((await trialsOf(cwd, '--study', 'bare')).at(-1)).toMatchObject({
        state: 'WAITING',
        params: { x: 0.25, tag: 'first' },
      });
      const shown = await hpo(cwd, 'study', 'show', 'plain');
      expect(shown).toContain(
        'parameters:\n  lr:\n    min: 0.00001\n    max: 1\n    log: true\n  layers:\n    min: 1\n    max: 8\n    int: true\n',
      );
    });
  });

  describe('is continued', () => {
    const PLAIN = {
      study: 'plain',
      objective: { metric: 'loss', direction: 'maximize' },
      trainer: 'tell-lr.sh',
      sampler: 'tpe',
      parameters: 'stored',
    };

    test('by its own parameters: numbers continue, Optuna reads all trials as its own, and the sampler has learned', async () => {
      const cwd = project(PLAIN);
      await hpo(cwd, 'optimize', '--trials', '+12', '--seed', '5');
      const trials = await trialsOf(cwd);
      expect(trials).toHaveLength(42);
      const ours = trials.slice(30);
      expect(ours.map(({ number, state }) => [number, state])).toEqual(
        Array.from({ length: 12 }, (_, k) => [30 + k, 'COMPLETE']),
      );
      const read = await readBack(cwd, 'plain');
      expect(read.trials.map(({ number }) => number)).toEqual([...Array(42).keys()]);
      expect(read.trials[41]?.distributions).toEqual(read.trials[0]?.distributions);
      const [best] = JSON.parse(await hpo(cwd, 'best', '--json')) as [{ trials: number[] }];
      expect(best.trials).toEqual([read.best]);
      // Three quarters of the range are far from the optimum that Optuna's trials tell of, near 1e-2.
      const near = ours.filter(({ params }) => Math.abs(Math.log10(Number(params.lr)) + 2) < 0.75);
      expect(near.length).toBeGreaterThanOrEqual(7);
      // The seed has been stored with it.
      expect((await runHere(['optimize', '--trials', '+1', '--seed', '6'], { cwd })).stderr).toContain(
        'study.seed-changed',
      );
      await hpo(cwd, 'optimize', '--trials', '+1');
      expect(await trialsOf(cwd)).toHaveLength(43);
      // And Optuna goes on in its turn.
      expect(await askOptuna('go_on.py', join(cwd, DB), ['plain'])).toEqual({ number: 43 });
    });

    test('what waits in it is run first, as it was enqueued', async () => {
      const cwd = project({
        study: 'bare',
        parameters: { x: { min: 0, max: 1 }, tag: ['first', 'second'] },
        sampler: 'random',
      });
      await hpo(cwd, 'optimize', '--trials', '+1');
      const trials = await trialsOf(cwd);
      expect(trials.slice(0, 5).map(({ state }) => state)).toEqual([
        'COMPLETE',
        'COMPLETE',
        'FAIL',
        'RUNNING',
        'COMPLETE',
      ]);
      expect(trials[4]).toMatchObject({ number: 4, params: { x: 0.25, tag: 'first' }, values: [0.25] });
    });

    test('by parameters of the sweep file, conditions among them', async () => {
      const cwd = project({
        study: 'conditional',
        sampler: 'tpe',
        trainer: 'tell-kind.sh',
        parameters: {
          kind: ['svm', 'tree'],
          c: { min: 0.1, max: 100, log: true, when: { kind: 'svm' } },
          depth: { min: 1, max: 16, int: true, when: { kind: 'tree' } },
        },
      });
      await hpo(cwd, 'optimize', '--trials', '+6');
      const added = (await trialsOf(cwd)).slice(12);
      expect(added).toHaveLength(6);
      for (const { params, state } of added) {
        expect(state).toBe('COMPLETE');
        expect(Object.keys(params).sort()).toEqual(params.kind === 'svm' ? ['c', 'kind'] : ['depth', 'kind']);
      }
      expect((await readBack(cwd, 'conditional')).trials).toHaveLength(18);
    });

    test('with several objectives, and ranges that changed as it went', async () => {
      const two = [
        { metric: 'gain', direction: 'minimize' },
        { metric: 'cost', direction: 'maximize' },
      ];
      const fronts = {
        study: 'fronts',
        objective: undefined,
        objectives: two,
        trainer: 'tell-two.sh',
        sampler: 'nsga2',
        parameters: 'stored',
      };
      const cwd = project(fronts);
      await hpo(cwd, 'optimize', '--trials', '+4');
      expect((await trialsOf(cwd)).slice(9).map(({ values }) => values?.length)).toEqual([2, 2, 2, 2]);
      const dynamic = project({ study: 'dynamic', sampler: 'random', parameters: 'stored' });
      await hpo(dynamic, 'optimize', '--trials', '+3');
      const read = await readBack(dynamic, 'dynamic');
      expect(read.trials).toHaveLength(9);
      // The hull of all the ranges.
      expect(read.trials[8]?.distributions).toEqual({
        n: 'IntDistribution(high=6, log=False, low=0, step=1)',
        x: 'FloatDistribution(high=9.0, log=False, low=-6.0, step=None)',
      });
    });

    const refusals: readonly [string, Record<string, unknown>, RegExp][] = [
      [
        'another scale',
        { ...PLAIN, parameters: { lr: { min: 1e-5, max: 1 } } },
        /study\.choices-changed.*Optuna refuses/,
      ],
      [
        'a number in place of choices',
        { ...PLAIN, parameters: { act: { min: 1, max: 2 } } },
        /study\.choices-changed/,
      ],
      [
        'another direction',
        { ...PLAIN, objective: { metric: 'loss', direction: 'minimize' } },
        /study\.objectives-changed.*to maximize.*would minimize/,
      ],
      ['more objectives', { ...PLAIN, study: 'fronts' }, /study\.objectives-changed/],
      [
        'a space that its trials leave open',
        { ...PLAIN, study: 'conditional', objective: undefined, trainer: 'tell-lr.sh' },
        /study\.unclear-space.*only some trials have depth, c/,
      ],
      [
        'no parameters at all',
        { ...PLAIN, study: 'empty', objective: { metric: 'loss', direction: 'minimize' } },
        /study\.unclear-space.*no trial has any/,
      ],
      [
        'a study that is not there',
        { ...PLAIN, study: 'nobody' },
        /sweep\.yaml:\d+:\d+ error\[study\.not-found\].*parameters are to be the stored ones/,
      ],
      [
        'constraints without parameters to name',
        { ...PLAIN, constraints: [{ forbid: { lr: 1 } }] },
        /config\.unknown-parameter/,
      ],
    ];
    test('but not with what does not fit: nothing is added then', async () => {
      const cwd = project(PLAIN);
      const one = { metric: 'loss', direction: 'minimize' };
      for (const [what, sweep, message] of refusals) {
        writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ ...sweep, objective: sweep.objective ?? one }) });
        const { code, stderr } = await runHere(['optimize'], { cwd });
        expect([what, code]).toEqual([what, 2]);
        expect(stderr).toMatch(message);
      }
      expect((await readBack(cwd, 'plain')).trials).toHaveLength(30);
      expect(await hpo(cwd, 'study', 'show', 'plain')).toContain('spec: null');
    });

    test('nor under a name that no trainer could be given', async () => {
      const name = Object.keys(said).find((each) => each.startsWith('ключ')) as string;
      const cwd = project({ study: 's', parameters: 'stored', sampler: 'random' });
      const { code, stderr } = await runHere(['optimize', '--study', name], { cwd });
      expect(stderr).toContain('study.bad-parameter');
      expect(code).toBe(2);
    });

    test('and without a file there is none after it either', async () => {
      const cwd = makeProject({ 'cfg/sweep.yaml': sweepFile({ parameters: 'stored' }) });
      const { code, stderr } = await runHere(['optimize'], { cwd });
      expect(stderr).toContain('study.not-found');
      expect([code, existsSync(join(cwd, DB))]).toEqual([2, false]);
    });

    test('a study of hpo continues with its own parameters as well', async () => {
      const cwd = makeProject({
        'cfg/sweep.yaml': sweepFile({ parameters: { x: [1, 2, 3, 4] }, trials: 2 }),
      });
      await hpo(cwd, 'optimize');
      const stored = makeProject({
        'cfg/sweep.yaml': sweepFile({ parameters: 'stored' }),
        'storage/.keep': '',
      });
      copyFileSync(join(cwd, DB), join(stored, DB));
      await hpo(stored, 'optimize');
      expect((await trialsOf(stored)).map(({ params }) => params.x)).toEqual([1, 2, 3, 4]);
    });
  });
});
