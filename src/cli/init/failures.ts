import { nearest } from '../../config/nearest.js';
import { HpoError, usageError } from '../../core/errors.js';
import { findProgram } from '../../executors/trainer-command.js';
import { detectMetrics } from '../../protocol/detect/detect.js';
import { loadDriver } from '../../storage/drivers/load-driver.js';
import { warn } from '../output.js';
import type { BoundedRun } from './run-bounded.js';
import type { ScriptCommand } from './script-command.js';

/**
 * Returns what is left to do where a run printed metrics, but not the wanted one. A run that did not end may have printed it
 * later.
 * @throws HpoError init.no-metric (usage) when the run ended well.
 */
export function otherMetrics(
  { end, exitCode, output }: BoundedRun,
  { name }: ScriptCommand,
  wanted: string | null,
): string[] {
  const printed = detectMetrics(output)?.metrics.map((metric) => metric.name) ?? [];
  const [first] = printed;
  if (wanted === null) return [];
  if (first === undefined)
    return [
      `${name} printed no ${wanted} in this run: print lines such as METRIC epoch=1 ${wanted}=0.5, or set \`metrics\``,
    ];
  const text = `${name} prints ${printed.join(', ')}, and no ${wanted}`;
  if (end !== 'ended' || exitCode !== 0)
    return [`${text} in this run: check the metric of \`objective\`, and set \`metrics\``];
  throw usageError('init.no-metric', `expected the metric ${wanted} in the output; ${text}`, {
    fix: `--metric ${nearest(wanted, printed) ?? first}; with --no-run the output is not looked at`,
  });
}

/** Warns that a script failed; where Python misses a module, with the Python that ran. */
export function warnOfFailure(
  shown: string,
  problem: string,
  { program, name, language }: ScriptCommand,
): void {
  const module = /^ModuleNotFoundError: No module named '([^']+)'/.exec(problem)?.[1];
  if (module === undefined || language !== 'python') {
    warn(`${shown} failed: ${problem}`);
    return;
  }
  const [python = ''] = program;
  const found = findProgram(python, process.cwd(), process.env.PATH ?? '');
  const file = found.kind === 'found' ? found.path : python;
  warn(
    `${shown} failed: ${problem} in ${file}: activate the environment that has ${module}, or name its Python: ` +
      `hpo init -- PATH/TO/python ${name}`,
  );
}

/** Warns where no study could be stored: the sweep would run into it only later. */
export async function warnOfNoDriver(): Promise<void> {
  try {
    await loadDriver(process.env.HPO_SQLITE_DRIVER);
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    warn(`studies cannot be stored yet: ${error.message}: ${error.fix ?? 'see hpo doctor'}`);
  }
}
