import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadSweep } from '../../config/load.js';
import { nearestName } from '../../config/objectives.js';
import { HpoError, usageError } from '../../core/errors.js';
import { isMetricName, METRIC_NAME_CHARACTERS } from '../../core/metric-name.js';
import { isRunMetric } from '../../core/run-metrics.js';
import { asTyped } from '../as-typed.js';
import { ignoreInRepository } from '../init/ignore-file.js';
import { optimize } from '../optimize/optimize.js';
import { printError } from '../output.js';
import { atFlag } from './place.js';
import type { TuneRequest } from './request.js';
import { makeSweepText } from './sweep-text.js';
import { parseWords } from './words.js';

/** The name of a sweep file that is nowhere, in messages. */
const NOWHERE = 'hpo tune';

/** `hpo tune`: makes a sweep file of a command line, and runs it as `hpo optimize` does. */
export async function tune(words: readonly string[], request: TuneRequest): Promise<void> {
  if (words.length === 0)
    throw usageError('tune.no-command', 'expected a command after --, got none', {
      fix: 'hpo tune --minimize hpo.duration_s -- sleep {t:0.1..0.5}',
    });
  if (request.goals.length === 0)
    throw usageError('tune.no-objective', 'expected --minimize METRIC or --maximize METRIC, got neither', {
      fix: 'without a metric of its own, a command has hpo.duration_s, hpo.cpu_s and hpo.max_rss_mb',
    });
  checkGoals(request);
  const text = makeSweepText(parseWords(words), request);
  const { save } = request;
  try {
    await loadSweep({ sweepFile: save ?? NOWHERE, text });
    const metricHint = hintAtMetrics(request);
    const run = () =>
      optimize({
        ...request,
        sweep: save ?? NOWHERE,
        // A dry run writes no file.
        ...((save === undefined || request.dryRun) && { sweepText: text }),
        ...(metricHint !== null && { metricHint }),
      });
    if (request.dryRun) return await run();
    if (ignoreInRepository()) printError('added the folders of hpo to .gitignore');
    await (save === undefined ? run() : withFile(save, text, run));
  } catch (error) {
    throw atFlag(error, { file: save ?? NOWHERE, text, request });
  }
}

/** @throws HpoError tune.bad-metric (usage) for a name that no line of output can have. */
function checkGoals({ goals, metricFormat, set }: TuneRequest): void {
  // It is a number without a name.
  if (metricFormat === 'last-number') return;
  if (set.some((text) => text.startsWith('metrics'))) return;
  for (const { metric, direction } of goals) {
    if (isMetricName(metric)) continue;
    const name = nearestName(metric);
    throw usageError(
      'tune.bad-metric',
      `expected the name of a metric, of ${METRIC_NAME_CHARACTERS} without blanks, got ${JSON.stringify(metric)}`,
      { fix: `--${direction} ${isMetricName(name) ? name : 'loss'}` },
    );
  }
}

/** Writes the file, unless it says the same already, and runs it; a mistake that shows before the study begins leaves no file. */
async function withFile(file: string, text: string, run: () => Promise<void>): Promise<void> {
  const isNew = writeNew(file, text);
  if (isNew) printError(asTyped(`wrote ${file}: hpo optimize --sweep ${file} continues this study`));
  try {
    await run();
  } catch (error) {
    if (isNew && error instanceof HpoError && error.usage) rmSync(file);
    throw error;
  }
}

/** Returns whether the file was written: it may say the same already. */
function writeNew(file: string, text: string): boolean {
  if (existsSync(file)) {
    if (readFileSync(file, 'utf8') === text) return false;
    throw usageError(
      'tune.file-exists',
      `expected a new file to save to, got ${file}, which says something else`,
      {
        fix: 'remove it, or choose another name',
      },
    );
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: 'wx' });
  return true;
}

/** Returns how a metric is read, where nobody has said it; else null. */
function hintAtMetrics({ goals, metricFormat, metricPattern, metricPath }: TuneRequest): string | null {
  const metric = goals.find((goal) => !isRunMetric(goal.metric))?.metric;
  if (metric === undefined || (metricFormat ?? metricPattern ?? metricPath) !== undefined) return null;
  return (
    `${metric} is read from lines such as "METRIC ${metric}=0.5". A command that prints none needs one of ` +
    `--metric-format last-number, --metric-pattern '${metric}: (?<${metric.replace(/\W/g, '_')}>\\S+)', ` +
    '--metric-path result.json'
  );
}
