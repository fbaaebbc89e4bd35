import { printable } from './printable.js';

/** A position in a text file; lines and columns count from 1. */
export type Place = { readonly file: string; readonly line?: number; readonly column?: number };

/**
 * An error a person can act on: what was expected, what came, and how to fix it.
 *
 * `code` is stable and reads `area.name` (`config.unknown-key`). A `usage` error is a mistake in the command line or
 * in a configuration file: the CLI shows it without a stack trace and exits 2. Other kinds exit 1 and keep `cause`.
 */
export class HpoError extends Error {
  override readonly name = 'HpoError';
  readonly code: string;
  readonly fix: string | undefined;
  readonly place: Place | undefined;
  readonly usage: boolean;

  constructor(
    code: string,
    message: string,
    more: { fix?: string; place?: Place; usage?: boolean; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.fix = more.fix;
    this.place = more.place;
    this.usage = more.usage ?? false;
    // Node prints enumerable members of an error that nobody catches: only those that say something.
    for (const name of ['fix', 'place', 'usage'] as const)
      Object.defineProperty(this, name, { enumerable: this[name] !== undefined && name !== 'usage' });
  }

  /** `FILE:LINE:COLUMN error[code]: message`, then `fix: ...` on a line of its own. */
  format(): string {
    const at = this.place ? `${formatPlace(this.place)} ` : '';
    const fix = this.fix ? `\n  fix: ${this.fix}` : '';
    return printable(`${at}error[${this.code}]: ${this.message}${fix}`);
  }
}

/**
 * An operation that waits for something outside, such as a server that is gone. It is not lost: `resume` continues it, and it
 * must not be started again from its beginning, since part of it may have happened.
 */
export class ResumableError extends HpoError {
  readonly resume: () => Promise<unknown>;

  constructor(
    code: string,
    message: string,
    { resume, ...more }: { fix?: string; cause?: unknown; resume: () => Promise<unknown> },
  ) {
    super(code, message, more);
    this.resume = resume;
    Object.defineProperty(this, 'resume', { enumerable: false });
  }
}

/** Several mistakes found in one pass, shown together so that a file is fixed at once. All of them are usage errors. */
export class HpoErrors extends HpoError {
  readonly errors: readonly HpoError[];

  constructor(errors: readonly HpoError[]) {
    super(errors[0]?.code ?? 'hpo.unknown', errors.map((e) => e.format()).join('\n'), { usage: true });
    this.errors = errors;
  }

  override format(): string {
    return this.errors.map((e) => e.format()).join('\n');
  }
}

/** Returns an error for a mistake in usage or configuration: exit code 2, no stack trace. */
export function usageError(
  code: string,
  message: string,
  more: { fix?: string; place?: Place; cause?: unknown } = {},
): HpoError {
  return new HpoError(code, message, { ...more, usage: true });
}

function formatPlace(place: Place): string {
  const line = place.line === undefined ? '' : `:${place.line}`;
  const column = place.line === undefined || place.column === undefined ? '' : `:${place.column}`;
  return `${place.file}${line}${column}`;
}

/** What an error says; anything else that was thrown as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
