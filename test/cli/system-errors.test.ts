import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeSweep, runHpo, tree } from '../support/cli.js';

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
