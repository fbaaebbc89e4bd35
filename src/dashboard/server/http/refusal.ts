import { HpoError } from '../../../core/errors.js';
import type { ErrorAnswer } from '../../protocol.js';

type More = { readonly fix?: string; readonly headers?: Readonly<Record<string, string>> };

/** A request that is answered with an error. Its message names nothing that the asker may not know. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly fix: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, { fix, headers = {} }: More = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.fix = fix ?? null;
    this.headers = headers;
  }
}

const NOT_FOUND = new Set(['study.not-found', 'trial.not-found', 'storage.no-study', 'storage.not-found']);
/** The request is well formed, and the study or the trial does not allow it now. */
const CONFLICT = new Set([
  'control.conflict',
  'enqueue.duplicate',
  'retry.not-failed',
  'retry.no-attempt',
  'storage.study-exists',
  'study.foreign',
  'study.running',
  'trial.finished',
  'trial.not-ours',
  'trial.running',
]);

/** Returns how an error is answered. Of errors that nobody foresaw nothing is said, since they may name anything. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof HpoError))
    return new Refusal(500, 'dashboard.defect', 'internal error; the terminal of hpo dashboard says more');
  const more = error.fix === undefined ? {} : { fix: error.fix };
  return new Refusal(statusOf(error), error.code, error.message, more);
}

function statusOf({ code, usage }: HpoError): number {
  if (NOT_FOUND.has(code)) return 404;
  if (CONFLICT.has(code)) return 409;
  if (code.startsWith('storage.')) return 503;
  return usage ? 400 : 500;
}

export function errorBody({ code, message, fix }: Refusal): ErrorAnswer {
  return { error: { code, message, fix } };
}
