// Times what a new user does first: `npx hpo init --node && npx hpo optimize` in an empty folder with an empty home, from
// the packed tarball, on Node 22, where compilers and Python fail. Npm's download of the packages is part of it.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from './other-nodes.mjs';
import { expect, programsUnder, report } from './programs.mjs';

const LIMIT_S = 30;
const COMPILERS = ['cc', 'gcc', 'g++', 'c++', 'clang', 'make', 'cmake', 'python3', 'python'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'hpo-front-door-'));

await report('front door', async () => {
  try {
    const [bin, project, home, called] = ['bin', 'project', 'home', 'called'].map((name) =>
      join(folder, name),
    );
    for (const path of [bin, project, home]) mkdirSync(path);
    for (const name of COMPILERS) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${called}\nexit 1\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const node = nodeOf('22', folder);
    expect(node !== null, 'node@22 from npm');
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const packed = await programsUnder(process.execPath, folder)(root, 'npm', pack);
    const tarball = join(folder, JSON.parse(packed.stdout)[0].filename);
    const moreEnv = { PATH: [bin, dirname(node), process.env.PATH].join(delimiter) };
    const run = (...args) => programsUnder(node, home)(project, 'npx', ['--yes', ...args], { moreEnv });
    const from = performance.now();
    // As `npx hpo` would, once hpo is published: npx installs the package into its cache.
    await run('--package', tarball, 'hpo', 'init', '--node');
    const { stdout } = await run('--package', tarball, 'hpo', 'optimize');
    const seconds = (performance.now() - from) / 1000;
    expect(stdout.includes('has reached its budget'), `a finished sweep, got ${stdout}`);
    expect(stdout.includes('[20/20, '), `20 finished trials, got ${stdout}`);
    expect(stdout.includes('\n  npx hpo best'), `hints for npx, got ${stdout}`);
    expect(!existsSync(called), `no compiler, got ${existsSync(called) && readFileSync(called, 'utf8')}`);
    expect(seconds < LIMIT_S, `less than ${LIMIT_S} s, got ${seconds.toFixed(1)}`);
    return `${seconds.toFixed(1)} s from nothing to a finished sweep, without a compiler`;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
