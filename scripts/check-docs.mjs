// Runs every block of commands and code in README, CONTRIBUTING, docs and examples, page by page, in a new folder with an
// empty home and the packed tarball, on Node 22. What a block needs beside it, and why one is not run, say comments in the
// page: scripts/docs/blocks.mjs. Arguments: pages to run alone.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { pages, readPage, root } from './docs/blocks.mjs';
import { STUDY } from './docs/study.mjs';
import { nodeOf } from './other-nodes.mjs';
import { expect, programsUnder } from './programs.mjs';

const BLOCK_LIMIT_MS = 180_000;
const COMPILER = [
  '--noEmit',
  '--strict',
  '--target',
  'es2023',
  '--module',
  'nodenext',
  '--types',
  '',
  '--lib',
  'es2023,dom,esnext.disposable',
];

const folder = mkdtempSync(join(tmpdir(), 'hpo-docs-'));
const bin = join(folder, 'bin');
const installed = join(folder, 'installed');
const counts = { run: 0, elsewhere: 0, skipped: 0 };
try {
  const node = nodeOf('22', folder);
  expect(node !== null, 'node@22 from npm');
  const run = await prepare(node);
  const wanted = process.argv.slice(2);
  for (const page of wanted.length > 0 ? wanted : pages()) await runPage(page, run);
  console.log(
    `docs: ok, ${counts.run} blocks ran here, ${counts.elsewhere} run in tests, ${counts.skipped} say why they do not`,
  );
} catch (error) {
  console.error(`docs: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Installs the tarball once, and makes the study that pages start from. */
async function prepare(node) {
  for (const path of [bin, installed, join(folder, 'home')]) mkdirSync(path);
  const under = programsUnder(node, join(folder, 'home'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(
    (await programsUnder(process.execPath, folder)(root, 'npm', pack)).stdout,
  );
  await under(installed, 'npm', ['init', '-y']);
  await under(installed, 'npm', ['install', '--no-audit', '--no-fund', join(folder, filename)]);
  symlinkSync(join(installed, 'node_modules', '.bin', 'hpo'), join(bin, 'hpo'));
  const python = (await under(folder, 'sh', ['-c', 'command -v python3'])).stdout;
  symlinkSync(python, join(bin, 'python'));
  const moreEnv = {
    PATH: [bin, dirname(node), process.env.PATH].join(delimiter),
    npm_config_offline: 'true',
  };
  const run = (cwd, program, args) => under(cwd, program, args, { moreEnv, timeout: BLOCK_LIMIT_MS });
  const study = join(folder, 'study');
  mkdirSync(study);
  for (const [path, text] of Object.entries(STUDY)) write(study, path, text);
  await run(study, 'hpo', ['optimize']);
  return run;
}

async function runPage(page, run) {
  const { project, blocks } = readPage(page);
  const cwd = join(folder, page.replaceAll(/\W/g, '-'));
  if (project === 'study') copyStudy(cwd);
  else mkdirSync(cwd);
  if (project === 'examples') cpSync(join(root, 'examples'), join(cwd, 'examples'), { recursive: true });
  cpSync(join(installed, 'package.json'), join(cwd, 'package.json'));
  symlinkSync(join(installed, 'node_modules'), join(cwd, 'node_modules'));
  for (const block of blocks) {
    try {
      await runBlock(block, cwd, run);
    } catch (error) {
      throw new Error(
        `${block.place} failed\n${block.code}\n${error.all ?? ''}${error.stdout ?? ''}${error.message}`,
      );
    }
  }
}

/** Without the pipes of its trials, which cannot be copied. */
function copyStudy(cwd) {
  cpSync(join(folder, 'study'), cwd, { recursive: true, filter: (path) => basename(path) !== 'alive' });
}

async function runBlock({ page, language, code, orders }, cwd, run) {
  const order = (name) => orders.find((each) => each.name === name)?.rest;
  if (order('skip') !== undefined) counts.skipped += 1;
  else if (order('in') !== undefined) {
    checkElsewhere(page, order('in'));
    counts.elsewhere += 1;
  } else {
    for (const { name, rest } of orders) if (name === 'first') await run(cwd, 'sh', ['-ec', rest]);
    const left = orders.filter(({ name }) => name === 'without').map(({ rest }) => rest.split(': ')[0]);
    const text = code
      .split('\n')
      .filter((line) => !left.some((start) => line.startsWith(start)))
      .join('\n');
    if (order('file') !== undefined) write(cwd, order('file'), text);
    else await runText(language, order('sweep') === undefined ? text : null, code, cwd, run);
    counts.run += 1;
  }
}

/** `text` is null for a sweep file. */
async function runText(language, text, code, cwd, run) {
  if (text === null) {
    write(cwd, 'cfg/block.yaml', code);
    await run(cwd, 'hpo', ['optimize', '--dry-run', '--sweep', 'cfg/block.yaml']);
  } else if (language === 'sh') await run(cwd, 'sh', ['-ec', text]);
  else if (language === 'python') await run(cwd, 'python3', ['-c', text]);
  else {
    write(cwd, `block.m${language}`, text);
    if (language === 'ts') {
      await run(cwd, process.execPath, [
        join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
        ...COMPILER,
        'block.mts',
      ]);
      const esbuild = await import('esbuild');
      const { code: js } = await esbuild.transform(text, {
        loader: 'ts',
        format: 'esm',
        target: 'node20.19',
      });
      write(cwd, 'block.mjs', js);
    }
    await run(cwd, 'node', ['block.mjs']);
  }
}

/** A test or script that executes a block names its page. */
function checkElsewhere(page, file) {
  expect(existsSync(join(root, file)), `${file}, which is to run a block of ${page}`);
  const parts = page.split('/');
  const name = parts.at(-1) === 'README.md' ? parts.at(-2) : parts.at(-1);
  expect(readFileSync(join(root, file), 'utf8').includes(name), `${file} to name ${name}`);
}

function write(cwd, path, text) {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text);
}
