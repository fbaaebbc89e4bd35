import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunMetric } from '../../core/run-metrics.js';
import { codeOf } from '../../core/system-error.js';
import type { MetricFormat } from '../../protocol/formats/format.js';
import { numbersInJson } from '../../protocol/formats/json-file.js';
import type { RunHooks } from '../executor.js';
import type { AttemptFiles } from './paths.js';
import { readUsage } from './usage.js';

/** A larger file is no list of results. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

type Wanted = { readonly metrics: MetricFormat | undefined; readonly measured: readonly RunMetric[] };

/** Reports what is known of an attempt only when it has ended: the numbers of its result file, and what was measured. */
export function reportAtEnd(
  files: Pick<AttemptFiles, 'dir' | 'trialDir'>,
  { metrics, measured }: Wanted,
  hooks: Pick<RunHooks, 'report' | 'warn'>,
): void {
  const points = readUsage(files.dir, measured);
  if (metrics?.path !== undefined) {
    const found = readResults(join(files.trialDir, metrics.path), metrics.names);
    if (typeof found === 'string') hooks.warn(`${metrics.path}: ${found}`);
    else points.push(...found.map(([name, value]) => ({ name, step: null, value })));
  }
  if (points.length > 0) hooks.report(points);
}

/** Returns the numbers of a file, or why it has none. */
function readResults(file: string, names: readonly string[] | undefined): [string, number][] | string {
  let text: string;
  try {
    // A pipe would be waited for.
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES) return 'expected a file of at most 16 MiB';
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return "the run wrote no such file in the trial's folder (HPO_TRIAL_DIR)";
    return `it cannot be read: ${error}`;
  }
  return numbersInJson(text, names) ?? 'expected a JSON object or list';
}
