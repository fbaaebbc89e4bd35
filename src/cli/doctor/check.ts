import { HpoError } from '../../core/errors.js';
import { fixIn, reasonOf } from '../../trainer/backends/reason.js';

/** `info`: something optional that is not there. `fail`: hpo cannot work here until it is mended. */
export type Status = 'ok' | 'info' | 'warn' | 'fail';

export type Finding = {
  readonly status: Status;
  /** One line for people. */
  readonly message: string;
  readonly fix?: string;
  /** The same for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
};

/** A finding with its name, which is stable: programs look for it. */
export type Row = Finding & { readonly name: string };

export type DoctorOptions = {
  readonly storage: string;
  /** What one part of the examination may take. */
  readonly limitMs: number;
};

/** One question about this machine; it may throw, and then that is what was found. */
export type Check = {
  readonly name: string;
  readonly run: (options: DoctorOptions) => Promise<Finding | readonly Row[]> | Finding | readonly Row[];
};

/** Asks one question. Never throws: one strange answer must not keep the others from being heard. */
export async function runCheck(check: Check, options: DoctorOptions): Promise<readonly Row[]> {
  try {
    const found = await check.run(options);
    return 'status' in found ? [{ name: check.name, ...found }] : found;
  } catch (error) {
    return [{ name: check.name, ...failed(error) }];
  }
}

/** What was thrown, as a finding. */
export function failed(error: unknown): Finding {
  const fix = fixIn(error);
  const code = error instanceof HpoError ? { code: error.code } : {};
  return { status: 'fail', message: reasonOf(error), ...(fix !== undefined && { fix }), details: code };
}
