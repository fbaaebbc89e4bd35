import type { Command } from 'commander';
import { parseCount } from '../parse.js';
import { examples } from './shared.js';

type Options = { readonly config?: string; readonly seed?: number; readonly checkpoint?: string };

export function registerTrain(program: Command): void {
  const command = program
    .command('train')
    .description('Run the built-in trainer once: a small CNN on MNIST. It prints METRIC lines.')
    .argument('[overrides...]', 'dotted settings, such as learner.step_size=0.05')
    .option('--config <file>', "one run's settings (default: cfg/config.yaml where it exists)")
    .option('--seed <n>', 'seed of weights and order', parseCount)
    .option('--checkpoint <dir>', 'save every epoch there, and resume from what is there');
  examples(
    command,
    'hpo train',
    'hpo train learner.step_size=0.05 epochs=2',
    'hpo train --config cfg/config.yaml --seed 7',
    'hpo train --checkpoint checkpoints/a epochs=50',
  ).action(train);
}

async function train(overrides: readonly string[], options: Options): Promise<void> {
  const { existsSync } = await import('node:fs');
  const { runTrainer } = await import('../../trainer/train.js');
  const config = options.config ?? (existsSync('cfg/config.yaml') ? 'cfg/config.yaml' : undefined);
  const { seed, checkpoint } = options;
  await runTrainer({ config, seed, overrides, checkpoint }, (line) => process.stdout.write(`${line}\n`));
}
