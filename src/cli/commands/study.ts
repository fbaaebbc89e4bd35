import type { Command } from 'commander';
import { readStudyControl } from '../../control/stored-control.js';
import { usageError } from '../../core/errors.js';
import { corruptRow } from '../../storage/sqlite-errors.js';
import type { Storage, StudySummary } from '../../storage/storage.js';
import { inferSpace } from '../../study/optuna-study.js';
import type { CopyOptions } from '../copy-study.js';
import { print, printJson, warn } from '../output.js';
import { parseCount } from '../parse.js';
import { DEFAULT_STORAGE, DEFAULT_SWEEP } from '../paths.js';
import { idleCheckpoints } from '../run-control.js';
import { readTransfer, withoutTransfer } from '../show/transfer.js';
import { withStorage } from '../studies.js';
import {
  bestText,
  describeProvenance,
  isoTime,
  readProvenance,
  readSavings,
  readStudyFacts,
  type StudyFacts,
} from '../study-facts.js';
import { printTable } from '../table/print-table.js';
import { examples, jsonOption } from './shared.js';
import { registerCheck } from './storage.js';

type Options = { readonly storage: string; readonly json?: boolean };
type CreateOptions = Options & {
  readonly name?: string;
  readonly sweep: string;
  readonly config?: string;
  readonly seed?: number;
};

export function registerStudy(program: Command): void {
  const study = examples(
    program.command('study').description('Create, list, show, copy and delete studies.'),
    'hpo study list',
    'hpo study show sweep',
  );
  const create = study
    .command('create')
    .description('Create a study from a sweep file without running anything.')
    .option('--name <name>', 'name of the study (default: the one in the sweep file)')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--sweep <file>', 'the sweep file, which describes the search', DEFAULT_SWEEP)
    .option('--config <file>', "one run's defaults (default: config.yaml beside the sweep file)")
    .option('--seed <n>', 'seed of the study', parseCount);
  examples(
    jsonOption(create),
    'hpo study create',
    'hpo study create --name second --sweep cfg/sweep.yaml',
  ).action(createStudy);

  const list = study
    .command('list')
    .description('List the studies of a storage: state, best value, trials by state, last activity.')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE);
  examples(jsonOption(list), 'hpo study list', 'hpo study list --json').action(listStudies);

  const show = study
    .command('show')
    .description('Show a study: its state, its search, its counts, where its sweeps came from.')
    .argument('<name>', 'name of the study')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE);
  examples(jsonOption(show), 'hpo study show sweep', 'hpo study show sweep --json').action(showStudy);

  // The old name of `hpo storage check`: it reads the whole database and not one study.
  registerCheck(study, 'hpo study check');

  const copy = study
    .command('copy')
    .description(
      'Copy a study with everything that is stored of it, between files and servers or under another name. Outputs stay.',
    )
    .argument('<name>', 'name of the study')
    .option('--storage <url>', 'where the study is', DEFAULT_STORAGE)
    .requiredOption('--to <url>', 'the database of the copy, which may be the same with --as')
    .option('--as <name>', 'name of the copy (default: the same); no study may have it');
  examples(
    jsonOption(copy),
    'hpo study copy sweep --to postgresql://me@db.example/studies',
    'hpo study copy sweep --storage postgresql://me@db.example/studies --to sqlite:sweep.db',
  ).action(async (name: string, options: CopyOptions) =>
    (await import('../copy-study.js')).copyStudy(name, options),
  );

  const remove = study
    .command('delete')
    .description(
      'Delete a study with all its trials from the database, and the checkpoints of unfinished ones; logs and tables stay.',
    )
    .argument('<name>', 'name of the study')
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--yes', 'really delete it');
  examples(jsonOption(remove), 'hpo study delete sweep --yes').action(removeStudy);
}

async function createStudy(options: CreateOptions): Promise<void> {
  const { resolveSweep } = await import('../optimize/load.js');
  const { createStudy } = await import('../optimize/reconcile.js');
  const wanted = await resolveSweep({
    ...options,
    ...(options.name === undefined ? {} : { study: options.name }),
  });
  await withStorage(options.storage, 'create', async (storage) => {
    const study = await createStudy(storage, wanted, Date.now());
    if (options.json)
      return printJson('study-create', { study: study.name, seed: study.seed, storage: storage.url });
    print(`created study ${study.name} in ${storage.url}; run it with: hpo optimize --study ${study.name}`);
  });
}

/** Columns of the list of studies, with how much they matter where the terminal is narrow. */
const LIST = [
  ['study', 100],
  ['direction', 75],
  ['configurations', 70],
  ['complete', 90],
  ['pruned', 88],
  ['fail', 89],
  ['running', 87],
  ['paused', 70],
  ['waiting', 80],
  ['state', 95],
  ['best', 96],
  ['last activity', 85],
] as const;

async function listStudies(options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const studies = await storage.listStudies();
    const paused = await pausedIn(storage, studies);
    const activity = await storage.lastActivity();
    const facts = new Map<number, StudyFacts>();
    for (const study of studies)
      if (study.broken === null) facts.set(study.id, await readStudyFacts(storage, study, activity));
    if (options.json)
      return printJson(
        'study-list',
        studies.map(({ spec: _, ...study }) => ({
          ...study,
          paused: paused.has(study.id),
          ...facts.get(study.id),
        })),
      );
    if (studies.length === 0) return print(`no studies in ${storage.url}`);
    for (const { name, broken } of studies)
      if (broken !== null) warn(`study ${name} cannot be read: ${broken}`);
    const rows = studies.map(({ id, name, directions, counts, pausedTrials, configurations, broken }) => [
      `${name}${broken !== null ? ' (broken)' : paused.has(id) ? ' (paused)' : ''}`,
      directions.join(','),
      ...[configurations, counts.complete, counts.pruned, counts.fail, counts.running - pausedTrials].map(
        String,
      ),
      pausedTrials === 0 ? '' : String(pausedTrials),
      String(counts.waiting),
      ...stateCells(facts.get(id)),
    ]);
    await printTable(
      LIST.map(([title, priority]) => ({ title, priority, leastWidth: 12, isKept: title !== 'paused' })),
      rows,
    );
  });
}

async function showStudy(name: string, options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const study = await mustFind(await storage.listStudies(), name, storage.url);
    if (study.broken !== null) throw corruptRow(new Error(study.broken), storage.url);
    const parameters = study.spec === null ? { parameters: await seenParameters(storage, study) } : {};
    const { pausedAtMs, limits } = await readStudyControl(storage, study.id);
    const isChanged = Object.keys(limits).length > 0;
    const facts = await readStudyFacts(storage, study, await storage.lastActivity());
    const provenance = await readProvenance(storage, study.id);
    const transfer = await readTransfer(storage, study);
    const seen = {
      paused: pausedAtMs !== null,
      ...(isChanged && { limits }),
      ...(transfer && { transfer }),
      ...parameters,
    };
    if (options.json) {
      const savings = await readSavings(storage, study);
      const own = { ...study, spec: withoutTransfer(study.spec) };
      return printJson('study-show', { ...own, ...facts, savings, provenance, ...seen });
    }
    const { stringify } = await import('../../config/plain-yaml.js');
    const { id: _, spec, createdAtMs, broken: __, ...rest } = study;
    const created = isoTime(createdAtMs);
    const shown = {
      state: facts.state,
      best: bestText(facts) === '' ? null : bestText(facts),
      'last activity': isoTime(facts.lastActivityAtMs),
      provenance: provenance.map(describeProvenance),
    };
    // Through JSON, so that equal parts are written out and not as YAML anchors.
    print(
      stringify(
        JSON.parse(JSON.stringify({ ...rest, created, ...shown, spec: withoutTransfer(spec), ...seen })),
        {
          aliasDuplicateObjects: false,
        },
      ).trimEnd(),
    );
  });
}

function stateCells(facts: StudyFacts | undefined): string[] {
  return facts ? [facts.state, bestText(facts), isoTime(facts.lastActivityAtMs) ?? ''] : ['', '', ''];
}

/** Which of these studies are paused, by id. */
async function pausedIn(storage: Storage, studies: readonly StudySummary[]): Promise<ReadonlySet<number>> {
  const paused = new Set<number>();
  for (const { id } of studies) if ((await readStudyControl(storage, id)).pausedAtMs !== null) paused.add(id);
  return paused;
}

/** The search of a study that another program made, as far as its trials show it, in the form of a sweep file. */
async function seenParameters(storage: Storage, study: StudySummary): Promise<Record<string, unknown>> {
  const { parameterInFile } = await import('../../config/spec-diff.js');
  const { params } = inferSpace(await storage.parameterSummary(study.id));
  return Object.fromEntries(params.map((param) => [param.name, parameterInFile(param)]));
}

async function removeStudy(name: string, options: Options & { readonly yes?: boolean }): Promise<void> {
  await withStorage(options.storage, 'write', async (storage) => {
    const study = await mustFind(await storage.listStudies(), name, storage.url);
    const trials = Object.values(study.counts).reduce((sum, count) => sum + count, 0);
    if (!options.yes) {
      throw usageError(
        'study.delete-unconfirmed',
        `study ${name} has ${trials} trials, which would be gone for good`,
        { fix: `hpo study delete ${name} --yes` },
      );
    }
    const { deleteStudy } = await import('../../study/delete-study.js');
    const { discard, discardCopies } = await idleCheckpoints(storage, study);
    const { removed, failures } = await deleteStudy({
      storage,
      studyId: study.id,
      discard,
      discardCopies,
    });
    for (const failure of failures) warn(failure);
    const also = removed === 0 ? '' : `, and the checkpoints of ${removed} unfinished ones`;
    if (options.json) return printJson('study-delete', { study: name, trials, checkpoints: removed });
    print(`deleted study ${name} with ${trials} trials${also}`);
  });
}

function mustFind(studies: readonly StudySummary[], name: string, url: string): StudySummary {
  const found = studies.find((study) => study.name === name);
  if (found) return found;
  throw usageError('study.not-found', `no study ${name} in ${url}`, { fix: 'see hpo study list' });
}
