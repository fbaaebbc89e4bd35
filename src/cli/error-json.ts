import { CommanderError, InvalidArgumentError } from 'commander';
import { HpoError, HpoErrors, messageOf } from '../core/errors.js';
import { asTyped } from './as-typed.js';
import { ExitCode, printJson, takeJsonBegun } from './output.js';
import { systemErrorOf } from './system-errors.js';

type OneError = {
  readonly code: string;
  readonly message: string;
  readonly fix: string | null;
  readonly place: object | null;
};

/** Returns whether a command line asks for JSON. Words after `--` are those of another program. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
}

/** Prints an error as a document on stdout, unless stdout has a document already or the error is no mistake. */
export function printErrorJson(error: unknown): void {
  if (takeJsonBegun() || error instanceof ExitCode) return;
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const errors = errorsOf(error);
  const isUsage = error instanceof CommanderError || (error instanceof HpoError && error.usage);
  printJson('error', { exit: isUsage ? 2 : 1, errors });
}

function errorsOf(error: unknown): readonly OneError[] {
  if (error instanceof HpoErrors) return error.errors.flatMap(errorsOf);
  const known = error instanceof HpoError ? error : systemErrorOf(error);
  if (known !== null) {
    const { code, message, fix, place } = known;
    return [{ code, message, fix: fix === undefined ? null : asTyped(fix), place: place ?? null }];
  }
  const message = messageOf(error).replace(/^error: /, '');
  return [{ code: codeOf(error), message, fix: null, place: null }];
}

/** Commander's own errors are mistakes in usage: `commander.unknownOption` is `usage.unknown-option`. */
function codeOf(error: unknown): string {
  if (error instanceof InvalidArgumentError) return 'usage.argument';
  if (!(error instanceof CommanderError)) return 'hpo.defect';
  const name = error.code.replace(/^commander\./, '');
  return `usage.${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
