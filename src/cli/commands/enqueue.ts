import type { Command } from 'commander';
import { enqueuePoints } from '../../control/enqueue.js';
import { CONTROLS } from '../../control/registry.js';
import type { Params } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { paramsText } from '../../loggers/event-messages.js';
import { openStorage } from '../../storage/open.js';
import type { Storage } from '../../storage/storage.js';
import { assertEnqueueable, type EnqueueContext } from '../../study/ask/enqueue-validation.js';
import { asTyped } from '../as-typed.js';
import { bestPoints } from '../best-points.js';
import { openOrCreate, wantedUnlessNamed } from '../open-or-create.js';
import { print, printError, printJson } from '../output.js';
import { parsePositive } from '../parse.js';
import { parseParams } from '../parse-params.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';
import { withStorage } from '../studies.js';
import { examples, jsonOption } from './shared.js';

type Options = {
  readonly study?: string;
  readonly storage: string;
  readonly sweep: string;
  readonly from?: string;
  readonly fromStorage?: string;
  readonly top: number;
  readonly json?: boolean;
};

export function registerEnqueue(program: Command): void {
  const command = program
    .command('enqueue')
    .description(CONTROLS.enqueue.summary)
    .argument('[key=value...]', 'parameters and their values')
    .option('--from <study>', 'instead: the best configurations of another study')
    .option('--from-storage <url>', 'the storage of that study (default: the same storage)')
    .option('--top <n>', 'with --from: how many of its best configurations', parsePositive, 5)
    .option('--study <name>', 'the study; created from the sweep file when it does not exist')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--sweep <file>', 'the sweep file', DEFAULT_SWEEP);
  examples(
    jsonOption(command),
    'hpo enqueue lr=0.01 opt=adam',
    'hpo enqueue lr=0.3',
    'hpo enqueue --from earlier --top 10',
  ).action(enqueue);
}

async function enqueue(pairs: readonly string[], options: Options): Promise<void> {
  if ((pairs.length === 0) === (options.from === undefined)) {
    const got = pairs.length === 0 ? 'neither' : 'both';
    throw usageError('enqueue.what', `expected key=value arguments or --from STUDY, got ${got}`, {
      fix: 'hpo enqueue lr=0.01, or hpo enqueue --from STUDY',
    });
  }
  const wanted = await wantedUnlessNamed(options);
  await withStorage(options.storage, 'create', async (storage) => {
    const study = await openOrCreate(storage, options, wanted);
    const points = await pointsOf(study, pairs, options);
    const numbers = await enqueuePoints(study, points);
    if (options.json) {
      return printJson(
        'enqueue',
        points.map((params, k) => ({ study: study.name, trial: numbers[k], params })),
      );
    }
    for (const [k, point] of points.entries()) {
      print(`trial ${numbers[k]} waits with ${paramsText(point)}`);
    }
    const command =
      options.study === undefined
        ? 'run: hpo optimize'
        : 'run the command of this study again, hpo optimize or the same hpo tune line';
    print(points.length > 0 ? asTyped(`a running sweep picks it up; else ${command}`) : 'nothing to enqueue');
  });
}

async function pointsOf(
  study: EnqueueContext & { readonly storage: Storage },
  pairs: readonly string[],
  options: Options,
): Promise<Params[]> {
  if (options.from === undefined) {
    const point = parseParams(study.space, pairs);
    await assertEnqueueable(study, point);
    return [point];
  }
  const other =
    options.fromStorage === undefined
      ? study.storage
      : await openStorage(options.fromStorage, { create: false, readOnly: true });
  try {
    const { points, left } = await bestPoints(study.space, other, options.from, options.top);
    const fresh: Params[] = [];
    for (const point of points) if (await isUseful(study, point)) fresh.push(point);
    const tried = points.length - fresh.length;
    if (tried > 0) printError(`${tried} of them left out: they are tried, enqueued or forbidden here`);
    if (left > 0) printError(`${left} of them left out: none of their parameters fits this search`);
    return fresh;
  } finally {
    if (other !== study.storage) await other.close();
  }
}

async function isUseful(study: EnqueueContext, point: Params): Promise<boolean> {
  return assertEnqueueable(study, point).then(
    () => true,
    () => false,
  );
}
