import type { MutantTable } from './mutant.js';

export const TRAINER: MutantTable = {
  'torn-checkpoint-ignored': {
    protection: 'A checkpoint that a crash has torn is ignored.',
    file: 'src/trainer/checkpoint-format.ts',
    symbol: 'decodeSnapshot',
    expression:
      "if (first !== `${MAGIC} ${sha256(body)}\\n`) return { problem: 'is incomplete or damaged' };",
    replacement: '',
    test: {
      file: 'test/trainer/checkpoint.test.ts',
      name: 'takes no file for whole that is cut, longer, or has another bit',
    },
  },
  'checkpoint-written-whole': {
    protection: 'A checkpoint is replaced whole or not at all.',
    file: 'src/trainer/checkpoint.ts',
    symbol: 'Checkpoint.save',
    expression: '`${this.file}.tmp`',
    replacement: 'this.file',
    test: { file: 'test/trainer/checkpoint.test.ts', name: 'leaves the one before' },
  },
};
