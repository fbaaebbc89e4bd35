import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { createStudy } from '../../src/index.js';
import { samplers } from '../../src/samplers/registry.js';
import { closing } from '../library/support.js';
import { MAIN } from '../support/bundle.js';
import { makeProject, until } from '../support/cli.js';
import { optunaSays } from '../support/optuna.js';
import { forkPython } from '../support/python.js';
import { describeWithReal, findOptunaPython, REAL } from '../support/real-part.js';

vi.setConfig({ testTimeout: 120_000 });

const SCENES = fileURLToPath(new URL('../fixtures/optuna/hpo_sampler_scenes.py', import.meta.url));
const env = { HPO_COMMAND: `${process.execPath} ${MAIN}` };

async function scene<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await optunaSays([SCENES, ...args], { env })) as T;
}

/** What a study of hpo asks for in the search of the scene `same`. */
async function ofHpo(name: string): Promise<readonly Params[]> {
  const finite = {
    layers: int(1, 4),
    opt: categorical(['sgd', 'adam', null, true]),
    momentum: float(0, 0.9, { step: 0.3 }),
  };
  const rest = { rate: float(1e-5, 1, { log: true }), units: int(8, 256, { log: true }) };
  const space = name === 'grid' ? finite : { ...finite, ...rest };
  const study = await closing(createStudy({ direction: 'minimize', space, sampler: name as 'tpe', seed: 7 }));
  const found: Params[] = [];
  for (let k = 0; k < 18; k++) {
    const trial = await study.ask();
    const { layers, momentum } = trial.params as { layers: number; momentum: number };
    found.push(trial.params as Params);
    const loss = ((layers * 3) % 5) + momentum;
    if (k % 7 === 3) trial.report(loss, 1);
    await study.tell(trial, k % 7 === 5 ? { state: 'fail' } : k % 7 === 3 ? { state: 'pruned' } : loss);
  }
  return found;
}

const page = readFileSync(new URL('../../docs/optuna-sampler.md', import.meta.url), 'utf8');

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describeWithReal('optuna', 'HpoSampler in a study of the real Optuna', () => {
  test('proposes what hpo itself asks for, with every sampler', async () => {
    const names = samplers.map(({ name }) => name);
    const found = await scene<Record<string, readonly Params[]>>('same', names.join(','));
    for (const name of names) expect(found[name], name).toEqual(await ofHpo(name));
  });

  test('takes every kind of parameter, branches and changing ranges, and any storage', async () => {
    expect(await scene('kinds')).toBe(true);
  });

  test('searches for several objectives, or says which sampler cannot', async () => {
    expect(await scene('several')).toEqual([true, 'sampler.one-objective']);
  });

  test('keeps constraints, by a function or by the trials', async () => {
    const found = await scene<readonly number[]>('constraints');
    for (const best of found) expect(best).toBeLessThan(2.1);
  });

  test('keeps threads apart', async () => {
    expect(await scene('threads')).toEqual(Array.from({ length: 24 }, (_, k) => k + 1));
  });

  test('has a process of its own after a fork; both end', async () => {
    for (const pid of await scene<readonly number[]>('fork')) await until(() => !exists(pid));
  });

  test.each(['return', 'throw', 'exit', 'kill', 'close'])('ends its process with Python: %s', async (how) => {
    const python = { python: String(findOptunaPython()), prepared: 'import optuna' };
    const around = { cwd: process.cwd(), env: { ...process.env, ...env } };
    const { stdout } = await forkPython(python, [SCENES, 'ends', how], around);
    const pid = Number(stdout.trim());
    expect(pid).toBeGreaterThan(1);
    await until(() => !exists(pid));
  });

  test('starts a killed process again, with the same proposals', async () => {
    expect(await scene('killed')).toEqual([true, true]);
  });

  test('can be copied and pickled', async () => {
    expect(await scene('copies')).toEqual([true, true, true]);
  });

  test('sends each trial once', async () => {
    const first = [
      ['open', 0, false],
      ['ask', 0, false],
      ['suggest', 0, false],
      ['suggest', 0, false],
      ['ask', 1, true],
    ];
    const one = ['ask', 1, false];
    const many = ['tell', 1000, false];
    const added = [many, many, ['ask', 101, false]];
    expect(await scene('increments')).toEqual([...first, one, one, ...added, one]);
  });

  test('works with enqueued trials, fixed parameters and the brackets of Hyperband', async () => {
    expect(await scene('together')).toEqual(['COMPLETE', 'PRUNED']);
  });

  describe('says what is wrong', () => {
    /** A program in the place of hpo. */
    const script = (text: string) => {
      const path = join(makeProject(), 'hpo');
      writeFileSync(path, `#!/bin/sh\n${text}\n`);
      chmodSync(path, 0o755);
      return path;
    };
    const failure = async (sampler: string, timeout: number, ...command: readonly string[]) =>
      (await scene<readonly string[]>('error', sampler, String(timeout), ...command)) as [string, string];
    const answering = (answer: string) => script(`while read -r line; do echo '${answer}'; done`);

    test.each<[string, () => string[], string, string]>([
      [
        'hpo is missing',
        () => ['/no/such/hpo'],
        'sampler.not-started',
        'No such file or directory: /no/such/hpo\n  fix: npm install',
      ],
      [
        'an old hpo',
        () => [script(`echo "error: unknown command 'sampler'" >&2; exit 2`)],
        'sampler.ended',
        "ended with exit code 2: error: unknown command 'sampler'\n  fix: npm install -g hpo",
      ],
      [
        'an hpo that ends at each proposal',
        () => [script(`read -r line; echo '{"id":1,"protocol":1}'; read -r line; exit 3`)],
        'sampler.ended',
        'ended with exit code 3: it said nothing',
      ],
      [
        'another protocol',
        () => [
          answering(
            '{"id":1,"error":{"code":"sampler.protocol","message":"expected a client of protocol 2, got 1","fix":"install both"}}',
          ),
        ],
        'sampler.protocol',
        'expected a client of protocol 2, got 1\n  fix: install both',
      ],
      [
        'an answer that is no JSON',
        () => [answering('Hello!')],
        'sampler.bad-answer',
        'expected an answer with the id 1 from hpo, got Hello!',
      ],
      [
        'an answer to something else',
        () => [answering('{"id":99}')],
        'sampler.bad-answer',
        'with the id 1 from hpo, got {"id":99}',
      ],
      ['no answer', () => [script('exec sleep 60')], 'sampler.timeout', 'within 0.3 s'],
    ])('%s', async (_, command, code, message) => {
      const [found, text] = await failure('tpe', code === 'sampler.timeout' ? 0.3 : 60, ...command());
      expect(found).toBe(code);
      expect(text).toContain(message);
    });

    test('no Node and no hpo in PATH', async () => {
      const PATH = makeProject();
      const says = async (more: Record<string, string>) =>
        JSON.parse(
          await optunaSays([SCENES, 'error', 'tpe', '9'], {
            env: { HPO_COMMAND: '', PATH, ...more },
            cwd: PATH,
          }),
        ) as [string, string];
      expect(await says({})).toMatchObject([
        'sampler.not-found',
        expect.stringContaining('fix: npm install -g hpo'),
      ]);
      const [code, text] = await says({ HPO_COMMAND: `/usr/bin/env node ${MAIN}` });
      expect(code).toBe('sampler.ended');
      expect(text).toContain('install Node.js 20 or newer, so that `node` is in PATH');
    });

    test('a sampler or an option that does not exist', async () => {
      expect(await failure('best', 60)).toMatchObject([
        'sampler.unknown',
        expect.stringContaining('use one of grid'),
      ]);
    });
  });
});

test('the lines of docs/optuna-sampler.md are answered; the process ends when its input does', () => {
  const requests = /<<'END'\n(.*?)^END$/ms.exec(page)?.[1];
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'sampler'], {
    input: `${requests}nonsense\n`,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { id: 1, protocol: 1, version },
    { id: 2, params: { x: expect.any(Number) } },
    { id: 3, params: { x: expect.any(Number) } },
    { id: 4, value: expect.any(Number) },
    { id: null, error: { code: 'sampler.bad-request' } },
  ]);
});

describeWithReal('newest-optuna', 'pip', () => {
  test('installs the module without a network, in the version of hpo', () => {
    expect(page).toContain('pip install node_modules/hpo/python');
    const cwd = makeProject();
    cpSync(new URL('../../python', import.meta.url), join(cwd, 'python'), { recursive: true });
    const run = (...args: readonly string[]) =>
      spawnSync(REAL.newestOptuna, args, {
        cwd,
        encoding: 'utf8',
        env: { ...process.env, PYTHONPATH: 'target' },
      });
    const pip = ['-m', 'pip', 'install', '--no-index', '--quiet', '--disable-pip-version-check'];
    // Optuna is there already.
    const { stderr } = run(...pip, '--no-deps', '--target', 'target', './python');
    expect(stderr).toBe('');
    const { stdout } = run('-c', 'import hpo_sampler as h; print(h.__file__, h.__version__)');
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(stdout.trim()).toBe(`${join(cwd, 'target', 'hpo_sampler.py')} ${version}`);
    const metadata = readFileSync(join(cwd, `target/hpo_sampler-${version}.dist-info/METADATA`), 'utf8');
    expect(metadata).toContain('Requires-Dist: optuna>=4.1');
  });
});
