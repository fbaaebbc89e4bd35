import { HpoError } from '../../core/errors.js';
import { fixIn, reasonOf } from '../../trainer/backends/reason.js';

/** `info`: something optional is missing. `fail`: hpo cannot work here until it is fixed. */
export type Status = 'ok' | 'info' | 'warn' | 'fail';

export type Finding = {
  readonly status: Status;
  /** One line for people. */
  readonly message: string;
  readonly fix?: string;
  /** The same for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
};

/** A finding with its name. Names are stable: programs rely on them. */
export type Row = Finding & { readonly name: string };

export type DoctorOptions = {
  readonly storage: string;
  /** Time limit of one part of the examination. */
  readonly limitMs: number;
};

/** One question about this machine. It may throw; the error is then the finding. */
export type Check = {
  readonly name: string;
  readonly run: (options: DoctorOptions) => Promise<Finding | readonly Row[]> | Finding | readonly Row[];
};

/** Runs one check. Never throws: one failure must not hide the other findings. */
export async function runCheck(check: Check, options: DoctorOptions): Promise<readonly Row[]> {
  try {
    const found = await check.run(options);
    return 'status' in found ? [{ name: check.name, ...found }] : found;
  } catch (error) {
    return [{ name: check.name, ...failed(error) }];
  }
}

/** Returns a thrown error as a finding. */
export function failed(error: unknown): Finding {
  const fix = fixIn(error);
  const code = error instanceof HpoError ? { code: error.code } : {};
  return { status: 'fail', message: reasonOf(error), ...(fix !== undefined && { fix }), details: code };
}
