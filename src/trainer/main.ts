import { parseArgs } from 'node:util';
import { HpoError, messageOf, usageError } from '../core/errors.js';
import { runTrainer } from './train.js';

const USAGE = 'node dist/trainer/main.js [--config FILE] [--seed N] [--checkpoint DIR] [key=value ...]';

// Deliberately no handler for SIGTERM: the system then ends the process at once, even inside a long step, and a shell
// sees exit code 143. Every printed line is already written.

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe (`hpo train | head`), so the result has no use.
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  const { values, positionals } = readArguments(process.argv.slice(2));
  await runTrainer({ ...values, overrides: positionals }, (line) => process.stdout.write(`${line}\n`));
} catch (error) {
  if (!(error instanceof HpoError)) throw error;
  process.stderr.write(`${error.format()}\n`);
  process.exitCode = error.usage ? 2 : 1;
}

function readArguments(args: string[]) {
  try {
    const options = {
      config: { type: 'string' },
      seed: { type: 'string' },
      checkpoint: { type: 'string' },
    } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (cause) {
    const message = messageOf(cause);
    throw usageError('trainer.usage', message, { fix: USAGE, cause });
  }
}
