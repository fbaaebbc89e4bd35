import type { Command } from 'commander';
import { writeData } from '../output.js';
import { examples } from './shared.js';

export function registerSampler(program: Command): void {
  const command = program
    .command('sampler')
    .description(
      "Propose parameters to another program: JSON lines on stdin and stdout until stdin closes (docs/optuna-sampler.md). HpoSampler starts it, for Optuna's studies.",
    );
  examples(command, 'hpo sampler < requests.jsonl').action(serve);
}

async function serve(): Promise<void> {
  const [{ ProposalServer }, { answerLines }, { version }] = await Promise.all([
    import('../../proposals/server.js'),
    import('../../proposals/answer-lines.js'),
    import('../version.js'),
  ]);
  const server = new ProposalServer(version());
  await answerLines({
    input: process.stdin,
    answer: (line) => server.answer(line),
    write: writeData,
  });
}
