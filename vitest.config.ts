import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { SLOWEST, testFiles } from './test/architecture/projects.js';
import { temporaryFolder } from './test/support/temporary-folder.js';

// Hints name hpo as a person started it, and a test must not depend on how Vitest was started.
for (const name of ['npm_command', 'npm_lifecycle_event']) delete process.env[name];

/** Vitest loads this file once more for each project, which finds the same. */
const found = globalThis as { hpoTestFiles?: ReturnType<typeof testFiles> };
found.hpoTestFiles ??= testFiles(fileURLToPath(new URL('.', import.meta.url)));
const { pure, isolated } = found.hpoTestFiles;

/** Isolated files load all that they use again, so that none of them should be the last. */
const ORDER = ['pure', 'isolated', 'process'];

/** Starts the slowest files of each project first, then those that took longest the last time. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = SLOWEST.findIndex((path) => moduleId.endsWith(`/${path}`));
      return at < 0 ? SLOWEST.length : at;
    };
    return sorted.toSorted(
      (a, b) => ORDER.indexOf(a.project.name) - ORDER.indexOf(b.project.name) || rank(a) - rank(b),
    );
  }
}

export default defineConfig({
  test: {
    hookTimeout: 120_000,
    // Properties do a share of their runs; all with HPO_PROPERTY_RUNS=1.
    alias: [
      {
        find: /^fast-check$/,
        replacement: fileURLToPath(new URL('test/support/fast-check.ts', import.meta.url)),
      },
    ],
    sequence: { sequencer: SlowestFirst },
    globalSetup: [
      './scripts/build/before-tests.mjs',
      './test/support/postgres-server.ts',
      './test/support/python-servers.ts',
      './test/support/ray-cluster.ts',
      './test/support/mlflow-server.ts',
    ],
    // A test leaves the environment as it found it, since others follow in the same worker.
    unstubEnvs: true,
    env: temporaryFolder(),
    // What is built runs as Node loads it.
    server: { deps: { external: [/\/dist\//] } },
    reporters: process.env.CI ? ['default', './scripts/vitest-summary.mjs'] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          // Tests that only compute or use files. To load modules again for each file would take longer than most tests.
          name: 'pure',
          include: [...pure],
          isolate: false,
          // A few of them wait.
          maxWorkers: availableParallelism() + 1,
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          // Tests that start processes, threads or servers. They wait three times as long as they compute, so that two
          // cores have work for eight. With four, half of the time of the cores was left.
          name: 'process',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, ...isolated],
          isolate: false,
          maxWorkers: 8,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'isolated',
          include: [...isolated],
          maxWorkers: 8,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
