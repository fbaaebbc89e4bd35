import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import { paramsText } from '../../loggers/event-messages.js';
import type { Refused } from '../../study/ask/enqueued.js';
import { openOrCreate, wantedUnlessNamed } from '../open-or-create.js';
import { ExitCode, print, printJson, warn } from '../output.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';
import { withStorage } from '../studies.js';
import { beginWithResults } from '../study-results.js';
import { examples, jsonOption } from './shared.js';

type Options = {
  readonly study?: string;
  readonly storage: string;
  readonly sweep: string;
  readonly json?: boolean;
};

export function registerAsk(program: Command): void {
  const command = program
    .command('ask')
    .description(
      'Get the next configuration, to run it yourself; record its result with hpo tell. Exits 1 when nothing is left.',
    )
    .option('--study <name>', 'the study; created from the sweep file when it does not exist')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--sweep <file>', 'the sweep file', DEFAULT_SWEEP);
  examples(jsonOption(command), 'hpo ask', 'hpo ask --json').action(ask);
}

async function ask(options: Options): Promise<void> {
  const wanted = await wantedUnlessNamed(options);
  await withStorage(options.storage, 'create', async (storage) => {
    const study = await openOrCreate(storage, options, wanted);
    if (study.spec.defineByRun) {
      throw usageError(
        'ask.define-by-run',
        `expected a study that declares its parameters; those of ${study.name} are named by its objective as it runs`,
        { fix: 'ask in a program: loadStudy(...), then study.ask()' },
      );
    }
    await beginWithResults(storage, study);
    const refused = ({ number, reason }: Refused) =>
      warn(`trial ${number} was enqueued, but not run: ${reason}`);
    const now = Date.now();
    const asked = (await study.openEnqueued(null, now, refused)) ?? (await study.ask(null, now));
    if ('exhausted' in asked) {
      if (options.json) printJson({ study: study.name, exhausted: asked.exhausted });
      else print(`nothing left to ask for: ${asked.exhausted}`);
      throw new ExitCode(1);
    }
    const params = study.effectiveParams(asked.config);
    const { number, seed } = asked.trial;
    if (options.json) return printJson({ study: study.name, trial: number, params, seed });
    print(`trial ${number} seed=${seed} ${paramsText(params)}`);
  });
}
