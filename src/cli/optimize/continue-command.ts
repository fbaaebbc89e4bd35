import { relative } from 'node:path';
import { HpoError } from '../../core/errors.js';
import { describeCommand } from '../../executors/trainer-command.js';
import { StorageLost } from '../../study/sweep/database-watch.js';

/** The error of a sweep, with the command that continues from the copy of a lost database. `args`: of this call. */
export function withContinueCommand(error: unknown, args: readonly string[]): unknown {
  if (!(error instanceof StorageLost) || error.copy === null) return error;
  const inside = relative(process.cwd(), error.copy);
  const url = `sqlite:${inside.startsWith('..') ? error.copy : inside}`;
  const command = describeCommand(['hpo', ...withoutStorage(args), '--storage', url]);
  return new HpoError(error.code, error.message, {
    fix: `continue with the copy; trainers that run are left running for it:\n    ${command}`,
    cause: error.cause,
  });
}

function withoutStorage(args: readonly string[]): string[] {
  return args.filter(
    (arg, at) => arg !== '--storage' && args[at - 1] !== '--storage' && !arg.startsWith('--storage='),
  );
}
