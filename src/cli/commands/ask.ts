import { type Command, Option } from 'commander';
import { paramsText } from '../../loggers/event-messages.js';
import { MOST_AT_ONCE, openTrials } from '../../study/ask/ask-batch.js';
import type { Refused } from '../../study/ask/enqueued.js';
import { openOrCreate, refuseDefineByRun, wantedUnlessNamed } from '../open-or-create.js';
import { ExitCode, print, printJson, warn } from '../output.js';
import { argumentParser } from '../parse.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';
import { withStorage } from '../studies.js';
import { beginWithResults } from '../study-results.js';
import { examples, jsonOption } from './shared.js';

type Options = {
  readonly study?: string;
  readonly storage: string;
  readonly sweep: string;
  readonly json?: boolean;
  readonly count?: number;
  readonly serve?: boolean;
};

const parseNumber = argumentParser({ type: 'count', min: 1, max: MOST_AT_ONCE });

export function registerAsk(program: Command): void {
  const command = program
    .command('ask')
    .description(
      'Get the next configuration, or several, to run them yourself; record results with hpo tell. Exits 1 when nothing is left.',
    )
    .option('-n, --count <number>', 'so many configurations at once; fewer where fewer are left', parseNumber)
    .option('--study <name>', 'the study; created from the sweep file when it does not exist')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--sweep <file>', 'the sweep file', DEFAULT_SWEEP)
    .addOption(
      new Option(
        '--serve',
        'answer a program that runs the trials, in JSON lines on stdin and stdout until stdin closes (docs/python.md): hpo.py starts it',
      ).conflicts(['count', 'json']),
    );
  examples(jsonOption(command), 'hpo ask', 'hpo ask -n 16 --json').action(ask);
}

async function ask(options: Options): Promise<void> {
  if (options.serve) {
    const { serveTrials } = await import('../asked/serve.js');
    return serveTrials(options);
  }
  const wanted = await wantedUnlessNamed(options);
  await withStorage(options.storage, 'create', async (storage) => {
    const study = await openOrCreate(storage, options, wanted);
    refuseDefineByRun(study);
    await beginWithResults(storage, study);
    const refused = ({ number, reason }: Refused) =>
      warn(`trial ${number} was enqueued, but not run: ${reason}`);
    const { opened, exhausted } = await openTrials(study, options.count ?? 1, null, () =>
      study.openEnqueued(null, Date.now(), refused),
    );
    if (opened.length === 0) {
      const why = exhausted?.exhausted ?? '';
      if (options.json) printJson('exhausted', { study: study.name, exhausted: why });
      else print(`nothing left to ask for: ${why}`);
      throw new ExitCode(1);
    }
    const trials = opened.map(({ trial: { number, seed }, config }) => ({
      study: study.name,
      trial: number,
      params: study.effectiveParams(config),
      seed,
    }));
    if (options.json) return printJson('ask', options.count === undefined ? (trials[0] ?? {}) : trials);
    for (const { trial, seed, params } of trials) print(`trial ${trial} seed=${seed} ${paramsText(params)}`);
  });
}
