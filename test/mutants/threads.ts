import type { MutantTable } from './mutant.js';

export const THREADS: MutantTable = {
  'draws-of-a-thread-counted': {
    protection: 'A generator continues after what a thread drew as after what was drawn in place.',
    file: 'src/threads/apart.ts',
    symbol: 'ComputingApart.#runApart',
    expression: 'work.rng?.skip(computed.drawn)',
    replacement: 'void work.rng',
    test: { file: 'test/threads/conformance.test.ts', name: 'a search in a thread is the search in place' },
  },
  'new-results-reach-a-thread': {
    protection: 'A thread computes from the newest view.',
    file: 'src/threads/view-copy.ts',
    symbol: 'ViewDifference.to',
    expression: 'changedRows(this.#configs, configs)',
    replacement: 'changedRows(this.#configs, configs).filter((k) => k >= this.#configs.length)',
    test: { file: 'test/threads/view-copy.test.ts', name: 'only what is new is sent' },
  },
  'idle-thread-keeps-no-program': {
    protection: 'A program that does not close its study ends.',
    file: 'src/threads/worker-thread.ts',
    symbol: 'WorkerThread.#settle',
    expression: 'this.#worker.unref()',
    replacement: 'this.#worker.ref()',
    test: { file: 'test/threads/worker-thread.test.ts', name: 'does not close its study ends' },
  },
};
