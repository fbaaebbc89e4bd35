import type { MutantTable } from './mutant.js';

export const LIVENESS: MutantTable = {
  'zombie-is-dead': {
    protection: 'An orchestrator that was killed has ended, though nobody has collected it.',
    file: 'src/liveness/proc.ts',
    symbol: 'ticksOf',
    expression: 'stat === null || stat.isZombie ? null : stat.ticks',
    replacement: 'stat === null ? null : stat.ticks',
    test: { file: 'test/liveness/judge.test.ts', name: 'a process that was killed has ended' },
  },
  'orchestrator-known-by-boot': {
    protection: 'An orchestrator of another boot has ended, whatever runs under its pid.',
    file: 'src/liveness/judge.ts',
    symbol: 'judgeBySight',
    expression: 'identity.boot !== bootId()',
    replacement: "identity.boot === ''",
    test: {
      file: 'test/liveness/judge.test.ts',
      name: 'an owner of another boot of this host has ended',
    },
  },
  'orchestrator-known-by-start': {
    protection: 'A later process with the pid of an orchestrator is not that orchestrator.',
    file: 'src/liveness/judge.ts',
    symbol: 'judgePid',
    expression: "now === ticks ? 'alive' : 'ended'",
    replacement: "'alive'",
    test: { file: 'test/liveness/judge.test.ts', name: 'a later process of the same pid is not the owner' },
  },
  'orchestrator-known-by-namespace': {
    protection: 'A pid of another PID namespace says nothing about the process that has it here.',
    file: 'src/liveness/judge.ts',
    symbol: 'judgeBySight',
    expression: "if (identity.namespace !== pidNamespace()) return 'unknown';",
    replacement: '',
    test: {
      file: 'test/liveness/judge.test.ts',
      name: 'an owner in another PID namespace cannot be judged by sight',
    },
  },
  'lock-is-believed': {
    protection: 'An orchestrator that holds its lock is alive, though nobody can see its process.',
    file: 'src/liveness/liveness.ts',
    symbol: 'openLiveness',
    expression: 'locked === null) return',
    replacement: 'locked !== false) return',
    test: { file: 'test/liveness/lock.test.ts', name: 'is alive for processes that cannot see it' },
  },
};
