import { type Command, Option } from 'commander';
import type { OptimizeRequest } from '../optimize/options.js';
import { parseCount } from '../parse.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';
import { addSettingFlags } from '../setting-flags.js';
import { examples, jsonOption } from './shared.js';

export function registerOptimize(program: Command): void {
  const command = program
    .command('optimize')
    .description('Run the search of a sweep file, or resume it: finished trials never run again.')
    .option('--sweep <file>', 'the sweep file', DEFAULT_SWEEP)
    .option('--config <file>', "one run's defaults (default: config.yaml beside the sweep file)")
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--seed <n>', 'seed of a new study', parseCount)
    .option('--retry-failed', 'run failed trials again')
    .option('--resume', 'resume a study that hpo pause has paused')
    .addOption(
      new Option(
        '--wandb <mode>',
        'a W&B run for each trial: sent, written for `wandb sync`, or none',
      ).choices(['online', 'offline', 'disabled']),
    )
    .option('--dashboard', 'serve the page of hpo dashboard as long as the sweep runs')
    .option('--allow-change', 'continue although the search has changed since the study was created')
    .option('--dry-run', 'print what would run; write nothing');
  addSettingFlags(jsonOption(command).optionsGroup('Override the sweep file:'));
  examples(
    command,
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
