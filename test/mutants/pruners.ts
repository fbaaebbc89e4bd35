import type { MutantTable } from './mutant.js';

const test = (name: string) => ({ file: 'test/pruners/conformance.test.ts', name });

export const PRUNERS: MutantTable = {
  'last-step-spared': {
    protection: 'No trial is pruned at its last step.',
    file: 'src/pruners/guard.ts',
    symbol: 'guard',
    expression: 'mayBeLast(step, trial, view, comparison)',
    replacement: 'false',
    test: test('stops no trial at its last step'),
  },
  'peer-at-the-step': {
    protection:
      'A pruner that compares trials stops none at a step that no other configuration has a value at.',
    file: 'src/pruners/guard.ts',
    symbol: 'hasPeer',
    expression: 'steps.has(step)',
    replacement: 'steps.size > 0',
    test: test('stops no trial at a step that no other configuration has a value at'),
  },
};
