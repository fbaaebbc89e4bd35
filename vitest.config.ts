import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores is the machine we promise to pass on. Many tests wait for processes rather than compute, so a third
    // worker saves a minute; with more of them process tests time out.
    maxWorkers: 3,
    reporters: process.env.CI ? ['default', './scripts/vitest-summary.mjs'] : ['default'],
  },
});
