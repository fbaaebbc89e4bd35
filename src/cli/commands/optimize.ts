import { type Command, Option } from 'commander';
import { BOUNDS } from '../../core/bounds.js';
import { pruners } from '../../pruners/registry.js';
import { samplers } from '../../samplers/registry.js';
import { terminators } from '../../terminators/registry.js';
import type { OptimizeRequest } from '../optimize/options.js';
import {
  parseBudget,
  parseCount,
  parseDevices,
  parseDuration,
  parseLimit,
  parseMetricNumber,
  parsePositive,
  parseSize,
  parseUpTo,
} from '../parse.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';
import { examples, jsonOption } from './shared.js';

export function registerOptimize(program: Command): void {
  const names = (registry: readonly { name: string }[]) => registry.map((entry) => entry.name);
  const command = program
    .command('optimize')
    .description('Run the search of a sweep file, or go on with it: a finished trial is never run again.')
    .option('--sweep <file>', 'the search', DEFAULT_SWEEP)
    .option('--config <file>', "one run's defaults (default: config.yaml beside the sweep file)")
    .option('--study <name>', 'name of the study (default: the one in the sweep file)')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .addOption(
      new Option('--sampler <name>', 'instead of the one in the sweep file').choices(names(samplers)),
    )
    .addOption(new Option('--pruner <name>', 'instead of the one in the sweep file').choices(names(pruners)))
    .addOption(
      new Option('--terminator <name>', 'instead of the one in the sweep file').choices(names(terminators)),
    )
    .option(
      '--trials <N|+N>',
      "the study's total of trials, earlier ones counted; +N for N more",
      parseBudget,
    )
    .option('--retry-failed', 'run failed trials again')
    .option(
      '--timeout <duration>',
      'start no trial after this long, such as 2h or 45m; running ones finish',
      parseDuration,
    )
    .option('--epochs <n>', 'total of epochs that trials report; running ones finish', parsePositive)
    .option(
      '--target <value>',
      'stop when a configuration is at least as good; running trials finish',
      parseMetricNumber,
    )
    .option('--trial-timeout <duration>', 'a trial that runs longer is stopped and fails', parseLimit)
    .addOption(noProgressTimeout())
    .option('--max-log-bytes <size>', 'a trial with a longer log is stopped and fails', parseSize)
    .option('--retries <n>', 'how often a trial that fails is tried again', parseUpTo(0, BOUNDS.retries))
    .option('--max-failures <n>', 'start no trial after so many failed', parsePositive)
    .option('--max-consecutive-failures <n>', 'start no trial after so many failed in a row', parsePositive)
    .option('--max-concurrent <n>', 'trials at a time', parseUpTo(1, BOUNDS.concurrent))
    .option('--devices <list>', 'auto, cpu, or GPU indices or UUIDs such as 0,1', parseDevices)
    .option(
      '--min-free-memory <size>',
      'start trials only on GPUs with so much memory free, such as 4GiB',
      parseSize,
    )
    .option('--seed <n>', 'seed of a new study', parseCount)
    .option('--csv <file>', 'where the table of trials goes (default: cfg/runs.csv)')
    .option('--events <file>', 'append every event of the sweep to this file, a line of JSON each')
    .addOption(
      new Option(
        '--wandb <mode>',
        'a W&B run for each trial: sent, written for `wandb sync`, or none',
      ).choices(['online', 'offline', 'disabled']),
    )
    .option('--allow-change', 'go on although the search has changed since the study was made')
    .option('--dry-run', 'print what would run; write nothing');
  examples(
    jsonOption(command),
    'hpo optimize',
    'hpo optimize --sampler grid',
    'hpo optimize --sampler tpe --pruner median --trials 50 --devices 0,1',
    'hpo optimize --trials +20 --timeout 2h',
    'hpo optimize --dry-run',
  ).action(async (request: OptimizeRequest) => {
    const { optimize } = await import('../optimize/optimize.js');
    await optimize(request);
  });
}

/** To commander `--no-` is the denial of another option; this one only begins like that. */
function noProgressTimeout(): Option {
  const option = new Option(
    '--no-progress-timeout <duration>',
    'a trial without a METRIC line for so long is stopped and fails',
  ).argParser(parseLimit);
  option.negate = false;
  return option;
}
