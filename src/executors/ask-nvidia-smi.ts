import { runWithTimeout } from './run-with-timeout.js';

/** Why nvidia-smi shows nothing, and what it printed. */
export type NvidiaSmiTrouble = {
  readonly kind: 'missing' | 'late' | 'failed';
  /** At most 300 characters. */
  readonly said: string;
};

export type NvidiaSmiAnswer =
  | { readonly rows: readonly (readonly string[])[]; readonly trouble: null }
  | { readonly rows: null; readonly trouble: NvidiaSmiTrouble };

/** On a busy machine, or one that must first wake its GPUs, it takes seconds. */
export const NVIDIA_SMI_LIMIT_MS = 10_000;
const LONGEST_SAID = 300;

/**
 * Asks nvidia-smi a query such as `--query-gpu=uuid,memory.free`. Returns its lines as rows of fields, without units, or
 * why there are none. Never rejects, and settles at the limit; an abort is such a limit.
 */
export async function askNvidiaSmi(
  query: string,
  options: { readonly limitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<NvidiaSmiAnswer> {
  const ran = await runWithTimeout('nvidia-smi', [query, '--format=csv,noheader,nounits'], options);
  if (ran.kind === 'ended' && ran.exitCode === 0) return { rows: rowsOf(ran.stdout), trouble: null };
  // It reports a driver that does not answer on stdout.
  const said = (ran.stderr.trim() || ran.stdout.trim()).slice(0, LONGEST_SAID);
  return { rows: null, trouble: { kind: ran.kind === 'ended' ? 'failed' : ran.kind, said } };
}

/** Returns the lines of an answer, split into fields. A driver's warnings may be among them. */
export function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split(',').map((field) => field.trim()));
}

/** `[N/A]`, `[Not Supported]` and the like are null. */
export function numberOrNull(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
