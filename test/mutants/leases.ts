import type { MutantTable } from './mutant.js';

/** Leases of GPUs among the sweeps of a machine. */
export const LEASES: MutantTable = {
  'lease-claimed-before-counting': {
    protection: 'Whoever wants a GPU writes its claim before it counts those of others.',
    file: 'src/executors/local/leases/leases.ts',
    symbol: 'Leases.take',
    expression: 'const files = gpus.map((gpu) => leaseName(gpu, owner, token));',
    replacement: `const files = gpus.map((gpu) => leaseName(gpu, owner, token));
      if (!this.#hasRoom(gpus, token, places)) return false;
      places = Number.MAX_SAFE_INTEGER;`,
    test: {
      file: 'test/executors/local/leases/race.test.ts',
      name: 'exactly one gets it, round after round',
    },
  },
  'lease-of-the-dead-is-stale': {
    protection: 'A lease keeps no GPU once its orchestrator and its trainer have ended.',
    file: 'src/executors/local/leases/leases.ts',
    symbol: 'Leases.#sort',
    expression: 'watched || mayRun(lease)',
    replacement: "lease.token !== '' || mayRun(lease)",
    test: {
      file: 'test/executors/local/leases/leases.test.ts',
      name: 'and then it is no obstacle and removed',
    },
  },
  'lease-outlives-orchestrator': {
    protection: 'A trainer keeps its GPU when its orchestrator is killed.',
    file: 'src/executors/local/leases/leases.ts',
    symbol: 'Leases.#sort',
    expression: 'watched || mayRun(lease)',
    replacement: 'watched',
    test: {
      file: 'test/executors/local/leases/leases.test.ts',
      name: 'a trainer keeps the GPU when its orchestrator is killed',
    },
  },
  'lease-reattached-with-its-attempt': {
    protection: 'Whoever reattaches an attempt takes over its lease.',
    file: 'src/executors/slot-pool.ts',
    symbol: 'SlotPool.reattach',
    expression: 'this.#sharing?.leases.reattach(gpusOf(slot), token);',
    replacement: '',
    test: { file: 'test/executors/slot-pool.test.ts', name: 'reattach what runs already' },
  },
  'lease-folder-of-this-user': {
    protection: 'A folder of another user is not trusted with leases.',
    file: 'src/executors/local/leases/folder.ts',
    symbol: 'lookAtLeaseDir',
    expression: 'stat.uid !== (process.getuid?.() ?? stat.uid)',
    replacement: 'stat.uid < 0',
    test: { file: 'test/executors/local/leases/folder.test.ts', name: 'one of another user is not trusted' },
  },
};
