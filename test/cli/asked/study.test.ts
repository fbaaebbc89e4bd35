import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { MAIN } from '../../support/bundle.js';
import { hpo, makeProject, makeSweep, trialsOf, until } from '../../support/cli.js';
import { newDatabase, postgresServer, urlOf } from '../../support/postgres.js';
import { forkPython } from '../../support/python.js';
import { describeWithReal, findPython } from '../../support/real-part.js';

vi.setConfig({ testTimeout: 120_000 });

const SCENES = fileURLToPath(new URL('../../fixtures/python/guest_study.py', import.meta.url));
const env = { HPO_COMMAND: `${process.execPath} ${MAIN}` };

function run(args: readonly string[], cwd: string, more: Readonly<Record<string, string>> = {}) {
  const python = { python: String(findPython()), prepared: 'import json, subprocess, tempfile, sqlite3' };
  return forkPython(python, [SCENES, ...args], { cwd, env: { ...process.env, ...env, ...more } });
}

/** Plays a scene; returns what it printed. */
async function scene<T>(cwd: string, ...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await run(args, cwd);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describeWithReal('postgres', 'hpo.Study on PostgreSQL', () => {
  test('loses nothing when its process is killed, and shows no password', async () => {
    const { tcp, password } = await postgresServer();
    const STORAGE = urlOf(tcp, await newDatabase());
    expect(STORAGE).toContain(password);
    const { status, stdout, stderr } = await run(['killed'], makeProject(), { STORAGE });
    expect([status, stderr, JSON.parse(stdout)]).toEqual([0, '', [0.25, 0.25, 'complete']]);
    const { stdout: text } = await run(['typo'], makeProject(), { STORAGE });
    expect(text).toContain('[study.not-found] no study typo in postgres');
    expect(text).not.toContain(password);
  });
});

describeWithReal('python', 'hpo.Study', () => {
  test('asks for what hpo ask hands out, and hpo shows what it reports and records', async () => {
    const cwd = makeProject();
    const proposals = await scene<readonly object[]>(cwd, 'search');
    const trials = await trialsOf(cwd);
    expect(trials.map(({ state, values, reason }) => [state, values, reason])).toEqual([
      ['COMPLETE', [0], null],
      ['COMPLETE', [1], null],
      ['PRUNED', [21], expect.stringContaining('worse than the median')],
      ['PRUNED', [31], expect.stringContaining('worse than the median')],
      ['FAIL', null, 'the objective is NaN'],
      ['FAIL', null, 'out of memory'],
      ['FAIL', null, 'the program recorded no result'],
      ['FAIL', null, 'ZeroDivisionError: division by zero'],
      ['COMPLETE', [Number.POSITIVE_INFINITY].map(String), null],
    ]);
    expect(trials[0]?.metrics).toEqual({ loss: 2, accuracy: 0.5 });
    expect(JSON.parse(await hpo(cwd, 'best', '--top', '1', '--json'))).toMatchObject([
      { value: 0, params: proposals[0] },
    ]);
    // The same search, by the command line.
    const other = makeSweep({
      study: 'nb',
      sampler: 'random',
      seeds: [9],
      parameters: {
        x: { min: -5, max: 5 },
        opt: ['sgd', 'adam'],
        momentum: { values: [0.5, 0.9], when: { opt: 'sgd' } },
      },
    });
    for (const params of proposals)
      expect(JSON.parse(await hpo(other, 'ask', '--json'))).toMatchObject({ params });
  });

  test('takes several objectives, limits of metrics, and a space that ends', async () => {
    expect(await scene(makeProject(), 'several')).toEqual([[{ a: 1 }, [1, 1], true]]);
  });

  test('starts a killed process again: no trial and no report is lost, and none is asked for twice', async () => {
    const cwd = makeProject();
    expect(await scene(cwd, 'killed')).toEqual([0.25, 0.25, 'complete']);
    const trials = await trialsOf(cwd);
    expect(trials.map(({ values, epochs }) => [values, epochs])).toEqual([
      [[0.25], 1],
      [[0.75], 0],
      [[1], 0],
    ]);
  });

  test('has a process of its own after a fork; both end', async () => {
    for (const pid of await scene<readonly number[]>(makeProject(), 'fork')) await until(() => !exists(pid));
  });

  test('ends its process with Python, however that ends; the next program gets the open trial', async () => {
    const cwd = makeProject();
    for (const how of ['interrupt', 'kill']) {
      const { stdout } = await run(['ends', how], cwd);
      const [pid, number] = JSON.parse(stdout) as [number, number];
      expect([how, number]).toEqual([how, 0]);
      await until(() => !exists(pid));
    }
  });

  test('keeps threads apart', async () => {
    expect(await scene(makeProject(), 'threads')).toEqual(Array.from({ length: 16 }, (_, k) => k));
  });

  test('fails a trial whose loop is collected in the midst of another request, and leaves one that is open at the end', async () => {
    const cwd = makeProject();
    expect(await scene(cwd, 'collected')).toEqual(['trial.finished']);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['FAIL', 'RUNNING']);
  });

  test('waits for a database that another program has locked', async () => {
    expect(await scene(makeProject(), 'locked')).toBe(1);
  });

  test('says that its database was deleted', async () => {
    expect(await scene(makeProject(), 'lost')).toBe('storage.lost');
  });

  test('opens a sweep file, and a study by its name; what is enqueued comes first', async () => {
    const cwd = makeSweep({ parameters: { x: [1, 2, 3, 4] } });
    await hpo(cwd, 'study', 'create');
    await hpo(cwd, 'enqueue', 'x=4');
    expect(await scene(cwd, 'of_file')).toEqual([[4, 1, 2].map((x, k) => [k, { x }]), []]);
  });

  test('says what is wrong with a study, a space or a trial', async () => {
    expect(await scene(makeProject(), 'mistakes')).toEqual([
      'study.not-found',
      'storage.not-found',
      'config.not-found',
      'study.changed',
      'config.nested-parameter',
      'config.bad-value',
      'trial.not-found',
      'trial.finished',
      'trial.finished',
    ]);
  });

  describe('says what is wrong with hpo', () => {
    /** A program in the place of hpo. */
    const script = (text: string) => {
      const path = join(makeProject(), 'hpo');
      writeFileSync(path, `#!/bin/sh\n${text}\n`);
      chmodSync(path, 0o755);
      return path;
    };
    const answering = (answer: string) => script(`while read -r line; do echo '${answer}'; done`);

    test.each<[string, () => string, string, string]>([
      [
        'it is missing',
        () => '/no/such/hpo',
        'hpo.not-started',
        'No such file or directory: /no/such/hpo\n  fix: npm install -g hpo',
      ],
      [
        'it is too old',
        () => script(`echo "error: unknown option '--serve'" >&2; exit 2`),
        'hpo.too-old',
        "ended with exit code 2: error: unknown option '--serve'\n  fix: npm install -g hpo, in the version of hpo.py",
      ],
      [
        'hpo.py is of another version',
        () =>
          answering(
            '{"id":1,"error":{"code":"ask.protocol","message":"expected a client of protocol 2, got 1","fix":"hpo init --python"}}',
          ),
        'ask.protocol',
        'expected a client of protocol 2, got 1\n  fix: hpo init --python',
      ],
      [
        'an answer is no JSON',
        () => answering('Hello!'),
        'hpo.bad-answer',
        'expected an answer with the id 1 from hpo, got Hello!',
      ],
      [
        'it could not read the request',
        () =>
          answering(
            '{"id":null,"error":{"code":"sampler.bad-request","message":"expected one JSON object"}}',
          ),
        'sampler.bad-request',
        'expected one JSON object',
      ],
      [
        'an answer lacks something',
        () => answering('{"id":1,"study":"s"}'),
        'hpo.bad-answer',
        'expected an answer with study, objectives, version, got {"id": 1, "study": "s"}\n  fix: install hpo and hpo.py',
      ],
      [
        'it ends at each request',
        () =>
          script(
            `read -r line; echo '{"id":1,"study":"s","objectives":[],"version":"1"}'; read -r line; exit 3`,
          ),
        'hpo.ended',
        'ended with exit code 3: it said nothing',
      ],
      [
        'it does not answer',
        () => script('exec sleep 60'),
        'hpo.timeout',
        'within 0.3 s\n  fix: Study(timeout=...)',
      ],
    ])('%s', async (_, command, code, message) => {
      const timeout = code === 'hpo.timeout' ? '0.3' : '60';
      const [found, text] = await scene<[string, string]>(makeProject(), 'error', timeout, command());
      expect([found, text]).toEqual([code, expect.stringContaining(message)]);
    });

    test('no Node and no hpo in PATH', async () => {
      const PATH = makeProject();
      const says = async (more: Record<string, string>) => {
        const { stdout } = await run(['error', '9'], PATH, { HPO_COMMAND: '', PATH, ...more });
        return JSON.parse(stdout) as [string, string];
      };
      expect(await says({})).toEqual(['hpo.not-found', expect.stringContaining('fix: npm install -g hpo')]);
      const [code, text] = await says({ HPO_COMMAND: `/usr/bin/env node ${MAIN}` });
      expect([code, text]).toEqual([
        'hpo.ended',
        expect.stringContaining('install Node.js 20 or newer, so that `node` is in PATH'),
      ]);
    });
  });
});
