import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { projectsOf } from './test/architecture/projects.js';

const { pure } = projectsOf(fileURLToPath(new URL('.', import.meta.url)));

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    reporters: process.env.CI ? ['default', './scripts/vitest-summary.mjs'] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          // Tests that only compute, a worker for each core. They share their workers' modules: to load them again for
          // each file would take longer than the tests.
          name: 'pure',
          include: [...pure],
          isolate: false,
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          // Tests that start processes, threads or servers. They wait more than they compute, so that there is work for
          // three on two cores; with more of them processes start too slowly for the limits of time that are tested.
          name: 'process',
          include: ['test/**/*.test.ts'],
          exclude: [...pure],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
