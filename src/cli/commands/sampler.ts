import type { Command } from 'commander';
import { writeData } from '../output.js';
import { examples } from './shared.js';

/** The longest request: about 100,000 trials in one. */
const MOST_BYTES = 64 * 2 ** 20;

export function registerSampler(program: Command): void {
  const command = program
    .command('sampler')
    .description(
      "Propose parameters to another program: JSON lines on stdin and stdout until stdin closes (docs/optuna-sampler.md). HpoSampler starts it, for Optuna's studies.",
    );
  examples(command, 'hpo sampler < requests.jsonl').action(serve);
}

async function serve(): Promise<void> {
  const [{ ProposalServer, errorLine }, { linesOf }, { bad }, { version }] = await Promise.all([
    import('../../proposals/server.js'),
    import('../../proposals/lines.js'),
    import('../../proposals/fields.js'),
    import('../version.js'),
  ]);
  const server = new ProposalServer(version());
  for await (const line of linesOf(process.stdin, MOST_BYTES)) {
    const answer =
      line === null
        ? errorLine(null, bad(`requests of at most ${MOST_BYTES} bytes`, 'a longer one'))
        : await server.answer(line);
    if (!(await writeData(`${answer}\n`))) return;
  }
}
