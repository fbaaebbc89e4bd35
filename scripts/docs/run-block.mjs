// Runs one block of a page as its comments say: blocks.mjs lists them.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from '../programs.mjs';
import { root } from './blocks.mjs';
import { PARTS } from './parts.mjs';

const UNTIL_LIMIT_MS = 60_000;
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

/** Runs a block and returns what it counts as: `run`, `elsewhere`, `skipped` or `missing`, for want of a real part. */
export async function runBlock({ page, language, code, orders }, cwd, runIn) {
  const order = (name) => orders.find((each) => each.name === name)?.rest;
  if (order('skip') !== undefined) return 'skipped';
  if (order('in') !== undefined) {
    checkElsewhere(page, order('in'));
    return 'elsewhere';
  }
  const part = order('needs');
  if (part !== undefined && !isThere(part)) return 'missing';
  const before = PARTS[part]?.path;
  const run = (place, program, args, options = {}) => runIn(place, program, args, { before, ...options });
  for (const { name, rest } of orders) if (name === 'first') await run(cwd, 'sh', ['-ec', rest]);
  const text = withoutLines(code, orders);
  const file = order('file') ?? order('append');
  if (order('file') !== undefined) write(cwd, file, text);
  else if (order('append') !== undefined) {
    appendFileSync(join(cwd, file), text);
    await run(cwd, 'hpo', ['optimize', '--dry-run', '--sweep', file]);
  } else if (order('sweep') !== undefined) {
    write(cwd, 'cfg/block.yaml', code);
    await run(cwd, 'hpo', ['optimize', '--dry-run', '--sweep', 'cfg/block.yaml']);
  } else if (order('until') !== undefined) await runUntil(order('until'), text, cwd, run);
  else await runText(language, text, cwd, run);
  return 'run';
}

function withoutLines(code, orders) {
  const left = orders.filter(({ name }) => name === 'without').map(({ rest }) => rest.split(': ')[0]);
  return code
    .split('\n')
    .filter((line) => !left.some((start) => line.startsWith(start)))
    .join('\n');
}

function isThere(part) {
  expect(PARTS[part] !== undefined, `a part of ${Object.keys(PARTS).join(', ')}, got ${part}`);
  const { present, install } = PARTS[part];
  if (present()) return true;
  expect(process.env.HPO_REQUIRE_REAL_PARTS !== '1', `${part}: ${install}`);
  return false;
}

/** Commands that go on forever, in a process group of their own; it ends once the text has been printed, or after a minute. */
async function runUntil(wanted, text, cwd, run) {
  const program = run(cwd, 'sh', ['-ec', text], { all: true, detached: true, reject: false, timeout: 0 });
  const end = () => process.kill(-program.pid, 'SIGTERM');
  const limit = setTimeout(end, UNTIL_LIMIT_MS);
  let printed = '';
  program.all.on('data', (chunk) => {
    if (printed.includes(wanted)) return;
    printed += chunk;
    if (printed.includes(wanted)) end();
  });
  await program;
  clearTimeout(limit);
  expect(printed.includes(wanted), `${JSON.stringify(wanted)} among the output, got ${printed}`);
}

async function runText(language, text, cwd, run) {
  if (language === 'sh') await run(cwd, 'sh', ['-ec', text]);
  else if (language === 'python') await run(cwd, 'python3', ['-c', text]);
  else {
    write(cwd, `block.m${language}`, text);
    if (language === 'ts') {
      const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      await run(cwd, process.execPath, [compiler, ...COMPILER, 'block.mts']);
      const esbuild = await import('esbuild');
      const { code } = await esbuild.transform(text, { loader: 'ts', format: 'esm', target: 'node20.19' });
      write(cwd, 'block.mjs', code);
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

export function write(cwd, path, text) {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text);
}
