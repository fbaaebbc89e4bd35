import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mutatedFiles, ROOT } from './apply.js';
import type { Mutant } from './mutant.js';

const run = promisify(execFile);
/** A test that hangs without its protection has failed as well. */
const LONGEST_TEST_MS = 180_000;
/** What tests read beside src/ and test/. */
const COPIED = [
  'src',
  'test',
  'cfg',
  'scripts',
  'docs',
  'examples',
  'python',
  'package.json',
  'vitest.config.ts',
];
const CONFIGS = ['tsconfig.json', 'tsconfig.build.json'];
/** The trainer's kernels are built by another compiler, and no mutant changes them. */
const KERNELS = 'dist/trainer/kernels';

/** `not run`: the test skips itself where a program is missing that it talks to. */
export type Verdict = { readonly kind: 'caught' | 'not caught' | 'not run'; readonly reason: string };

type TestRun = { readonly passed: number; readonly failed: number; readonly errors: string };

/** A copy of the project in a temporary folder, in which mutants are made one after another. */
export class Tree {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hpo-mutants-'));
  #isBuilt = false;

  constructor() {
    // Some tests run hpo as another user.
    chmodSync(this.#folder, 0o755);
    for (const name of [...COPIED, ...CONFIGS, KERNELS])
      cpSync(join(ROOT, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Says whether the mutant's test catches it. Never rejects. */
  async judge(mutant: Mutant): Promise<Verdict> {
    try {
      const changed = mutatedFiles(mutant, this.#folder);
      if (mutant.builds && !this.#isBuilt) await this.#build();
      const before = await this.#runTest(mutant);
      if (before.failed > 0) return notCaught(`its test fails without the mutant: ${before.errors}`);
      if (before.passed === 0)
        return { kind: 'not run', reason: `${mutant.test.file} is skipped on this machine` };
      const after = await this.#runChanged(mutant, changed);
      if (after.failed > 0) return { kind: 'caught', reason: '' };
      return notCaught(`${mutant.test.file} -t "${mutant.test.name}" passes without the protection`);
    } catch (error) {
      const { stdout = '' } = error as { stdout?: string };
      return notCaught(`${error instanceof Error ? error.message : String(error)} ${stdout}`);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #runChanged(mutant: Mutant, changed: ReadonlyMap<string, string>): Promise<TestRun> {
    const kept = [...changed.keys()].map(
      (file) => [file, readFileSync(join(this.#folder, file), 'utf8')] as const,
    );
    try {
      for (const [file, text] of changed) writeFileSync(join(this.#folder, file), text);
      if (mutant.builds) await this.#build();
      return await this.#runTest(mutant);
    } finally {
      for (const [file, text] of kept) writeFileSync(join(this.#folder, file), text);
      if (mutant.builds) this.#isBuilt = false;
    }
  }

  async #build(): Promise<void> {
    // Without types: without its protection the code may use less of what it imports.
    await run(process.execPath, [join('scripts', 'build', 'bundle.mjs')], { cwd: this.#folder });
    this.#isBuilt = true;
  }

  async #runTest({ test }: Mutant): Promise<TestRun> {
    const report = join(this.#folder, 'report.json');
    rmSync(report, { force: true });
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const args = ['run', test.file, '-t', escaped(test.name), '--reporter=json', `--outputFile=${report}`];
    const ended = await run(process.execPath, [vitest, ...args], {
      cwd: this.#folder,
      env: { ...process.env, HPO_PROPERTY_RUNS: '1' },
      timeout: LONGEST_TEST_MS,
      killSignal: 'SIGKILL',
    }).then(
      () => ({ killed: false, errors: '' }),
      (error: { killed?: boolean; stderr?: string }) => ({
        killed: error.killed === true,
        errors: error.stderr ?? '',
      }),
    );
    if (ended.killed) return { passed: 0, failed: 1, errors: `no end within ${LONGEST_TEST_MS / 1000} s` };
    type Report = { numPassedTests: number; numFailedTests: number };
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return { passed: numPassedTests, failed: numFailedTests, errors: ended.errors };
  }
}

function notCaught(reason: string): Verdict {
  return { kind: 'not caught', reason };
}

/** vitest reads the name as a regular expression. */
function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
