// Checks that the site of the documentation is built without a network and changes no file of the repository.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, report } from './programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const changes = () => execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });

await report('site', async () => {
  const before = changes();
  // Containers may forbid a namespace of one's own.
  const apart = ['--map-root-user', '--net'];
  const isAllowed = spawnSync('unshare', [...apart, 'true']).status === 0;
  const [program, ...args] = [...(isAllowed ? ['unshare', ...apart] : []), 'npm', 'run', 'docs:build'];
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  expect(status === 0, `npm run docs:build to succeed, got ${stdout}${stderr}`);
  expect(changes() === before, `no changes of the repository, got ${changes()}`);
  for (const page of ['index', 'docs/start', 'docs/tutorial', 'docs/comparison', 'docs/reference/cli'])
    expect(
      readFileSync(join(root, '.site', 'out', `${page}.html`), 'utf8').includes('id="VPContent"'),
      `a page ${page}`,
    );
  const api = readFileSync(join(root, '.site', 'out', 'api', 'functions', 'createStudy.html'), 'utf8');
  expect(api.includes('createStudy'), 'the library under api/');
  return isAllowed ? 'built without a network' : 'built; a network could not be taken away here';
});
