import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hpo, linesOf, makeProject, spawnHpo, sweepFile, trialsOf, until } from '../support/cli.js';

/** Signs the trial's folder, waits for the file `go`, signs again, and tells its number. */
const signing = (who: number, wait = true) => [
  'sh',
  '-c',
  `echo ${who} >>"$HPO_TRIAL_DIR/who"; echo ${who} >>started-${who}
   ${wait ? 'while [ ! -e go ]; do sleep 0.1; done' : ''}
   echo ${who} >>"$HPO_TRIAL_DIR/who"; echo METRIC loss=${who}`,
];

const sweepOf = (who: number, more: Readonly<Record<string, unknown>> = {}) =>
  sweepFile({ trainer: { command: signing(who) }, parameters: { x: [1, 2, 3, 4] }, ...more });

/** The arguments of study `s` in a database of its own. */
const argsOf = (who: number) => [
  'optimize',
  ...['--sweep', `${who}.yaml`, '--storage', `sqlite:${who}.db`, '--csv', `${who}.csv`],
];

/** Who signed the folder of each trial, by the folder of the study. */
function signatures(cwd: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const study of readdirSync(join(cwd, 'outputs'))) {
    const folder = join(cwd, 'outputs', study);
    if (!statSync(folder).isDirectory()) continue;
    const trials = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'who')));
    found[study] = [...new Set(trials.flatMap((name) => linesOf(folder, `${name}/who`)))];
  }
  return found;
}

const valuesOf = async (cwd: string, database: string) =>
  (await trialsOf(cwd, '--storage', `sqlite:${database}`)).map(({ state, values }) => [state, values?.[0]]);
const allOf = (value: number) => Array(4).fill(['COMPLETE', value]);

describe('two databases with a study of one name in one folder', () => {
  test('never share a log or a folder, though one orchestrator is killed and resumes', async () => {
    const cwd = makeProject({ '1.yaml': sweepOf(1), '2.yaml': sweepOf(2) });
    const first = spawnHpo(argsOf(1), { cwd });
    await until(() => linesOf(cwd, 'started-1').length === 2);
    const second = spawnHpo(argsOf(2), { cwd });
    await second.says(
      /warning: outputs go to outputs\/s-[0-9a-f]{6}: outputs\/s belongs to the study of this name in .*1\.db/,
    );
    await until(() => linesOf(cwd, 'started-2').length === 2);
    first.kill('SIGKILL');
    await first.ended;
    const again = spawnHpo(argsOf(1), { cwd });
    await again.says(/reattached|trial 0/);
    writeFileSync(join(cwd, 'go'), '');
    expect((await again.ended).code).toBe(0);
    expect((await second.ended).code).toBe(0);
    expect(await valuesOf(cwd, '1.db')).toEqual(allOf(1));
    expect(await valuesOf(cwd, '2.db')).toEqual(allOf(2));
    expect(linesOf(cwd, 'started-1')).toHaveLength(4);
    const [plain, apart] = Object.entries(signatures(cwd));
    expect([plain, apart]).toEqual([
      ['s', ['1']],
      [expect.stringMatching(/^s-[0-9a-f]{6}$/), ['2']],
    ]);
    expect(readFileSync(realpathSync(join(cwd, 'outputs/s/trial-00000.log')), 'utf8')).toBe(
      'METRIC loss=1\n',
    );
  });

  test('each resume from their own checkpoints', async () => {
    const script = (who: number) => `cat "$HPO_CHECKPOINT_DIR/epochs" 2>/dev/null | sort -u >>seen-${who}
      echo ${who} >>"$HPO_CHECKPOINT_DIR/epochs"; echo "METRIC epoch=$(wc -l <"$HPO_CHECKPOINT_DIR/epochs") loss=${who}"
      [ "$(wc -l <"$HPO_CHECKPOINT_DIR/epochs")" -ge 3 ]`;
    const sweeps = [1, 2].map((who) =>
      sweepFile({
        trainer: { command: ['sh', '-c', script(who)] },
        checkpoints: 'keep',
        retries: 3,
        parameters: { x: [1, 2, 3, 4] },
      }),
    );
    const cwd = makeProject({ '1.yaml': sweeps[0] ?? '', '2.yaml': sweeps[1] ?? '' });
    const calls = [1, 2].map((who) => spawnHpo(argsOf(who), { cwd }));
    for (const { ended } of calls) expect(await ended).toMatchObject({ code: 0 });
    for (const who of [1, 2]) {
      expect(new Set(linesOf(cwd, `seen-${who}`))).toEqual(new Set([String(who)]));
      expect(await valuesOf(cwd, `${who}.db`)).toEqual(allOf(who));
    }
  });

  test('have a snapshot of the configuration each, also one after the other', async () => {
    const command = ['sh', '-c', 'echo "METRIC loss=$(grep -c one "$HPO_CONFIG")"'];
    const sweep = sweepFile({ trainer: { command }, parameters: { x: [1, 2] } });
    const cwd = makeProject({
      'a/sweep.yaml': sweep,
      'a/config.yaml': 'name: one\n',
      'b/sweep.yaml': sweep,
      'b/config.yaml': 'name: two\n',
    });
    for (const who of ['a', 'b', 'a'])
      await hpo(
        cwd,
        'optimize',
        '--sweep',
        `${who}/sweep.yaml`,
        '--storage',
        `sqlite:${who}.db`,
        '--csv',
        `${who}.csv`,
      );
    expect((await trialsOf(cwd, '--storage', 'sqlite:a.db')).map(({ values }) => values)).toEqual([[1], [1]]);
    expect((await trialsOf(cwd, '--storage', 'sqlite:b.db')).map(({ values }) => values)).toEqual([[0], [0]]);
    expect(readFileSync(join(cwd, 'outputs/s/config.yaml'), 'utf8')).toContain('name: one');
  });

  test('that begin at the same instant are distinguished', async () => {
    const who = [1, 2, 3, 4];
    const cwd = makeProject(
      Object.fromEntries(
        who.map((each) => [`${each}.yaml`, sweepOf(each, { trainer: { command: signing(each, false) } })]),
      ),
    );
    const calls = who.map((each) => spawnHpo(argsOf(each), { cwd }));
    for (const { ended } of calls) expect(await ended).toMatchObject({ code: 0 });
    for (const each of who) expect(await valuesOf(cwd, `${each}.db`)).toEqual(allOf(each));
    const signed = Object.values(signatures(cwd));
    expect(signed.map((names) => names.length)).toEqual([1, 1, 1, 1]);
    expect(signed.flat().sort()).toEqual(['1', '2', '3', '4']);
  });
});

test('outputs that are deleted under a sweep stay its own: it claims them again', async () => {
  const cwd = makeProject({ '1.yaml': sweepOf(1), '2.yaml': sweepOf(2) });
  const first = spawnHpo(argsOf(1), { cwd });
  await until(() => linesOf(cwd, 'started-1').length === 2);
  rmSync(join(cwd, 'outputs'), { recursive: true });
  await until(() => existsSync(join(cwd, 'outputs/s/.study/1')));
  const second = spawnHpo(argsOf(2), { cwd });
  await second.says(/warning: outputs go to outputs\/s-[0-9a-f]{6}/);
  writeFileSync(join(cwd, 'go'), '');
  for (const { ended } of [first, second]) expect(await ended).toMatchObject({ code: 0 });
  expect(await valuesOf(cwd, '1.db')).toEqual(allOf(1));
  expect(await valuesOf(cwd, '2.db')).toEqual(allOf(2));
  expect(Object.values(signatures(cwd))).toEqual([['1'], ['2']]);
});

describe('a copy of a database', () => {
  test('becomes a study of its own, and leaves the running trials to the original', async () => {
    const cwd = makeProject({ '1.yaml': sweepOf(1) });
    const first = spawnHpo(argsOf(1), { cwd });
    await until(() => linesOf(cwd, 'started-1').length === 2);
    first.kill('SIGKILL');
    await first.ended;
    for (const suffix of ['', '-wal'])
      copyFileSync(join(cwd, `1.db${suffix}`), join(cwd, `copy.db${suffix}`));
    const args = ['optimize', '--sweep', '1.yaml', '--storage', 'sqlite:copy.db', '--csv', 'copy.csv'];
    const copy = spawnHpo(args, { cwd });
    await copy.says(
      /this database is a copy of .*1\.db: its study s is a separate study from now on; 2 running trials belong to the original/,
    );
    writeFileSync(join(cwd, 'go'), '');
    expect(await copy.ended).toMatchObject({ code: 0 });
    await hpo(cwd, ...argsOf(1));
    expect(await valuesOf(cwd, '1.db')).toEqual(allOf(1));
    expect(await valuesOf(cwd, 'copy.db')).toEqual(allOf(1));
    // Four of the original, and all four of the copy once more.
    expect(linesOf(cwd, 'started-1')).toHaveLength(8);
    expect(Object.keys(signatures(cwd))).toEqual(['s', expect.stringMatching(/^s-[0-9a-f]{6}$/)]);
    // A file that was moved is no copy.
    renameSync(join(cwd, '1.db'), join(cwd, 'moved.db'));
    const [, , , , , ...csv] = argsOf(1);
    const moved = await hpo(cwd, 'optimize', '--sweep', '1.yaml', '--storage', 'sqlite:moved.db', ...csv);
    expect(moved).not.toMatch(/warning/);
    expect(linesOf(cwd, 'started-1')).toHaveLength(8);
  });
});

test('a dry run names the folder that a run would have, and claims none', async () => {
  const cwd = makeProject({ '1.yaml': sweepOf(1, { trainer: { command: ['cat', '${config}'] } }) });
  expect(await hpo(cwd, ...argsOf(1), '--dry-run')).toContain(join(cwd, 'outputs/s/config.yaml'));
  expect(existsSync(join(cwd, 'outputs'))).toBe(false);
});

test('what hpo makes in a folder follows the umask', async () => {
  const cwd = makeProject({ '1.yaml': sweepOf(1, { trainer: { command: signing(1, false) } }) });
  const before = process.umask(0o002);
  try {
    await hpo(cwd, ...argsOf(1));
  } finally {
    process.umask(before);
  }
  const made = readdirSync(join(cwd, 'outputs'), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink() && !entry.isFIFO())
    .map((entry) => [
      entry.name,
      (statSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8),
      entry.isFile(),
    ]);
  for (const [name, mode, isFile] of made) expect([name, mode]).toEqual([name, isFile ? '664' : '775']);
});
