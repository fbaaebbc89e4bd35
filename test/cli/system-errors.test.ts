import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeProject, makeSweep, runHpo, tree } from '../support/cli.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

test.each(['24', '64'])(
  'with %s open files allowed, hpo says which limit to raise, without a stack',
  (limit) => {
    const cwd = makeSweep();
    const limited = `ulimit -n ${limit} && exec "$@"`;
    const args = ['-c', limited, 'sh', process.execPath, MAIN, 'optimize'];
    const { status, stderr } = spawnSync('sh', args, { cwd, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^error\[system\.open-files\]: no more files can be opened: EMFILE.*\n {2}fix: raise the limit .*\n$/,
    );
  },
);

test('a dry run without a folder for temporary files says so, and how to give one', async () => {
  const cwd = makeSweep();
  const before = tree(cwd);
  const { code, stderr } = await runHpo(['optimize', '--dry-run'], { cwd, env: { TMPDIR: '/not/there' } });
  expect(code).toBe(2);
  expect(stderr).toBe(
    'error[tmp.not-writable]: expected a folder for temporary files at /not/there, got ENOENT\n' +
      '  fix: set TMPDIR to a folder that is there and that you may write, such as TMPDIR=/tmp\n',
  );
  expect(tree(cwd)).toEqual(before);
});

test('a part of hpo that is gone, as after an update during a sweep, is no defect', () => {
  const copy = makeProject();
  const root = dirname(dirname(dirname(MAIN)));
  for (const name of ['dist/cli', 'dist/chunks', 'package.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const chunks = join(copy, 'dist', 'chunks');
  for (const name of readdirSync(chunks)) if (/^shells-/.test(name)) rmSync(join(chunks, name));
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(copy, 'dist', 'cli', 'main.js'), 'completion', 'bash'],
    {
      encoding: 'utf8',
    },
  );
  expect(stderr).toMatch(
    /^error\[system\.hpo-files\]: a part of hpo could not be loaded: Cannot find module .*\n {2}fix: when hpo was installed again meanwhile, run the same command again; .*\n$/,
  );
  expect(status).toBe(1);
});
