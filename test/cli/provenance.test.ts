import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHpo, spawnHpo, sweepFile, writeFiles } from '../support/cli.js';

const trainer = { command: ['sh', 'train.sh', '${overrides}'] };
const TRAINER = 'echo METRIC loss=1\n';

type Shown = {
  readonly state: string;
  readonly best: number | null;
  readonly lastActivityAtMs: number | null;
  readonly provenance: readonly {
    readonly git: { readonly commit: string; readonly dirty: boolean } | null;
    readonly script: { readonly file: string; readonly sha256: string } | null;
    readonly host: string;
    readonly hpo: string;
  }[];
};

async function shown(cwd: string): Promise<Shown> {
  return JSON.parse(await hpo(cwd, 'study', 'show', 's', '--json')) as Shown;
}

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.email=a@b.c', '-c', 'user.name=a'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' }).trim();
}

test('a study records the commit, the script, the host and the versions of its sweeps, and says when the script changed', async () => {
  const cwd = makeProject({ 'cfg/sweep.yaml': sweepFile({ trainer }), 'train.sh': TRAINER });
  git(cwd, 'init', '-q');
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-q', '-m', 'first');
  const commit = git(cwd, 'rev-parse', 'HEAD');
  await hpo(cwd, 'optimize', '--trials', '1');
  const first = await shown(cwd);
  expect(first).toMatchObject({ state: 'finished', best: 1, lastActivityAtMs: expect.any(Number) as number });
  expect(first.provenance).toMatchObject([
    { git: { commit, dirty: false }, script: { file: 'train.sh' }, hpo: expect.any(String) as string },
  ]);
  expect(await hpo(cwd, 'study', 'show', 's')).toContain(`git commit: ${commit}\n`);

  // The same code again is the same entry.
  expect(await hpo(cwd, 'optimize', '--trials', '2')).not.toContain('has changed since');
  expect((await shown(cwd)).provenance).toHaveLength(1);

  writeFiles(cwd, { 'train.sh': `${TRAINER}# changed\n` });
  expect(await hpo(cwd, 'optimize')).toContain('warning: the script train.sh has changed since');
  const { provenance } = await shown(cwd);
  expect(provenance).toHaveLength(2);
  expect(provenance[1]).toMatchObject({ git: { commit, dirty: true } });
  expect(provenance[1]?.script?.sha256).not.toBe(provenance[0]?.script?.sha256);
  expect(await hpo(cwd, 'study', 'show', 's')).toContain(`git commit: ${commit} (dirty)\n`);
});

test('provenance: false records nothing of it; without git there is none to record', async () => {
  const cwd = makeProject({
    'cfg/sweep.yaml': sweepFile({ trainer, provenance: false }),
    'train.sh': TRAINER,
  });
  await hpo(cwd, 'optimize', '--trials', '1');
  expect(await shown(cwd)).toMatchObject({ state: 'finished', provenance: [] });
  writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile({ trainer }) });
  // No program git on this PATH.
  const bin = join(cwd, 'bin');
  writeFiles(cwd, { 'bin/x': '' });
  execFileSync('ln', ['-s', '/bin/sh', join(bin, 'sh')]);
  const { code } = await runHpo(['optimize', '--trials', '2'], { cwd, env: { PATH: bin } });
  expect(code).toBe(0);
  expect((await shown(cwd)).provenance).toMatchObject([{ git: null, script: { file: 'train.sh' } }]);
});

test('the state of a study follows the process that runs it', async () => {
  const cwd = makeProject({
    'cfg/sweep.yaml': sweepFile({ trainer, max_concurrent: 1 }),
    'train.sh': 'echo METRIC loss=1\necho $$ > started\nwhile [ ! -e go ]; do sleep 0.1; done\n',
  });
  expect(await hpo(cwd, 'study', 'create')).toContain('created study s');
  expect(await shown(cwd)).toMatchObject({ state: 'open', best: null, lastActivityAtMs: null });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 0 .*loss=1/);
  expect(await shown(cwd)).toMatchObject({ state: 'running' });
  expect(await hpo(cwd, 'study', 'list')).toMatch(/^s .* running /m);
  running.kill('SIGKILL');
  await running.ended;
  expect(await shown(cwd)).toMatchObject({ state: 'interrupted' });
  writeFiles(cwd, { go: '' });
  await hpo(cwd, 'optimize');
  expect(await shown(cwd)).toMatchObject({ state: 'finished', best: 1 });
});
