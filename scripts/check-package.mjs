// Proves the packed tarball: installed in an empty folder with an empty home, it runs a sweep of a trainer of one's own
// and a function of a program without the optional packages, says which one the built-in trainer lacks, and trains once
// they are there. And a fresh clone without node_modules makes no package that lacks dist.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = `
import { createStudy } from 'hpo';
const study = await createStudy({ name: 'f', storage: 'sqlite:f.db', direction: 'minimize' });
await study.optimize((trial) => trial.suggestFloat('x', 0, 1), { trials: 20, concurrency: 2 });
console.log((await study.trials()).filter(({ state }) => state === 'complete').length, 'complete');
await study.close();
`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'hpo-package-'));
const home = join(folder, 'home');
const project = join(folder, 'project');
const prefix = dirname(dirname(process.execPath));
const env = { PATH: process.env.PATH, HOME: home };
// As a user with no way out to Node's headers would: point node-gyp at those that came with Node.
if (existsSync(join(prefix, 'include', 'node', 'node.h'))) env.npm_config_nodedir = prefix;

try {
  for (const path of [home, project]) mkdirSync(path);
  checkBareClone();
  const tarball = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  )[0].filename;
  run('npm', ['init', '-y'], project);
  run('npm', ['install', '--omit=optional', '--no-audit', '--no-fund', join(folder, tarball)], project);
  expect(!existsSync(join(project, 'node_modules', '@tensorflow')), 'no tfjs after --omit=optional');

  const bare = spawnSync('npx', ['hpo', 'train'], { cwd: project, env, encoding: 'utf8' });
  expect(
    bare.status !== 0 && bare.stderr.includes('error[trainer.missing-package]'),
    'hpo train names the missing package',
  );
  run('npx', ['hpo', 'init', '--node'], project);
  run('npx', ['hpo', 'optimize'], project);
  const rows = readFileSync(join(project, 'cfg', 'runs.csv'), 'utf8')
    .trim()
    .split('\r\n');
  expect(
    rows.length === 21 && rows.slice(1).every((row) => row.includes(',COMPLETE,')),
    'the sweep of hpo init completes 20 trials',
  );

  writeFileSync(join(project, 'program.mjs'), PROGRAM);
  const optimized = run('node', ['program.mjs'], project).trim();
  expect(
    optimized === '20 complete',
    `a program to optimize a function without the optional packages, got ${optimized}`,
  );
  const best = JSON.parse(
    run('npx', ['hpo', 'best', '--study', 'f', '--storage', 'sqlite:f.db', '--json'], project),
  );
  expect(best[0].params.x === best[0].value, 'hpo best shows what the program found');

  run('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball)], project);
  const trained = run('npx', ['hpo', 'train', 'epochs=1', 'data.limit=200'], project);
  expect(
    /^METRIC epoch=1 epoch_loss=\S+ epoch_accuracy=\S+$/m.test(trained),
    'the built-in trainer prints METRIC lines',
  );
  console.log('packed tarball: ok');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** `npm pack` in a clone that has nothing installed either builds, or fails with a message and leaves no tarball. */
function checkBareClone() {
  const clone = join(folder, 'clone');
  execFileSync('git', ['clone', '--quiet', root, clone], { stdio: ['ignore', 'ignore', 'inherit'] });
  const packed = spawnSync('npm', ['pack'], { cwd: clone, env, encoding: 'utf8' });
  const tarballs = readdirSync(clone).filter((name) => name.endsWith('.tgz'));
  if (packed.status === 0) {
    const files = run('tar', ['-tzf', join(clone, String(tarballs[0]))], clone).split('\n');
    expect(files.includes('package/dist/cli/main.js'), 'a tarball of a bare clone to hold dist');
    return;
  }
  expect(tarballs.length === 0, 'no tarball where npm pack fails');
  expect(
    /error\[build\.no-compiler\][\s\S]*fix: npm install/.test(packed.stderr),
    `npm pack in a bare clone to say what to install, got ${packed.stderr}`,
  );
}

function run(program, args, cwd) {
  return execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function expect(holds, what) {
  if (holds) return;
  console.error(`packed tarball: expected ${what}`);
  process.exitCode = 1;
  throw new Error(what);
}
