import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores is the machine we promise to pass on: more workers only make process tests time out.
    maxWorkers: 2,
    reporters: process.env.CI ? ['default', './scripts/vitest-summary.mjs'] : ['default'],
  },
});
