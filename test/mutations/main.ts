import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { applyMutation, type Mutation, ROOT, readMutations } from './patches.js';

const run = promisify(execFile);
/** A test that hangs without its protection has failed as well. */
const LONGEST_TEST_MS = 180_000;
/** What tests read beside src/ and test/. */
const COPIED = ['src', 'test', 'cfg', 'scripts', 'docs', 'examples', 'package.json', 'vitest.config.ts'];
const KERNELS = 'dist/trainer/kernels';
const CONFIGS = ['tsconfig.json', 'tsconfig.build.json'];

/**
 * `npm run torture:mutations [-- --only NAME]`: takes each protection out in a temporary copy of the tree and demands
 * that the test named for it passes before and fails after.
 */
async function main(args: readonly string[]): Promise<number> {
  const all = readMutations();
  const only = args[0] === '--only' ? args[1] : undefined;
  const wanted = args.length === 0 ? all : all.filter(({ name }) => name === only);
  if (wanted.length === 0 || (args.length > 0 && args.length !== 2)) {
    console.error(`expected nothing, or --only with one of: ${all.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  let survived = 0;
  for (const mutation of wanted) {
    const fault = await faultOf(mutation);
    if (fault !== null) survived++;
    console.log(
      `${fault === null ? 'caught' : 'NOT CAUGHT'}  ${mutation.name}${fault === null ? '' : `: ${fault}`}`,
    );
  }
  console.log(`${wanted.length - survived} of ${wanted.length} mutations are caught by their tests`);
  return survived === 0 ? 0 : 1;
}

/** Null when the mutation is caught. */
async function faultOf(mutation: Mutation): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-mutation-'));
  // Some tests run hpo as another user.
  chmodSync(folder, 0o755);
  try {
    for (const name of [...COPIED, ...CONFIGS])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    // The trainer's kernels are built by another compiler, and no patch is one of them.
    cpSync(join(ROOT, KERNELS), join(folder, KERNELS), { recursive: true });
    if (mutation.builds) await build(folder);
    const before = await runTest(mutation, folder);
    if (before.failed > 0 || before.passed === 0) return `its test does not pass without it: ${before.said}`;
    applyMutation(mutation, folder);
    if (mutation.builds) await build(folder);
    const after = await runTest(mutation, folder);
    return after.failed > 0
      ? null
      : `${mutation.testFile} -t "${mutation.testName}" passes without the protection`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function build(folder: string): Promise<void> {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  // The state of incremental builds lies in node_modules, which the copy shares.
  const args = [compiler, '-p', 'tsconfig.build.json', '--incremental', 'false', '--tsBuildInfoFile', 'null'];
  await run(process.execPath, args, { cwd: folder });
}

type Tested = { readonly passed: number; readonly failed: number; readonly said: string };

async function runTest({ testFile, testName }: Mutation, folder: string): Promise<Tested> {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', testFile, '-t', escaped(testName), '--reporter=json', `--outputFile=${report}`];
  const ended = await run(process.execPath, [vitest, ...args], {
    cwd: folder,
    timeout: LONGEST_TEST_MS,
    killSignal: 'SIGKILL',
  }).then(
    () => ({ killed: false, said: '' }),
    (error: { killed?: boolean; stderr?: string }) => ({
      killed: error.killed === true,
      said: error.stderr ?? '',
    }),
  );
  if (ended.killed) return { passed: 0, failed: 1, said: `no end within ${LONGEST_TEST_MS / 1000} s` };
  type Json = { numPassedTests: number; numFailedTests: number };
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Json;
  return { passed: numPassedTests, failed: numFailedTests, said: ended.said };
}

/** vitest reads the name as a regular expression. */
function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

process.exitCode = await main(process.argv.slice(2));
