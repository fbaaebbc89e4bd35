import { join } from 'node:path';
import type { ComponentSpec } from '../../core/component-options.js';
import type { Params } from '../../core/distribution.js';
import { effectiveNames } from '../../core/space.js';
import type { LowMemoryGpu, Slot } from '../../executors/executor.js';
import { submissionOf } from '../../executors/registry.js';
import { trialDir } from '../../executors/study-outputs.js';
import { describeCommand, describeEnv, expandCommand, trainerEnv } from '../../executors/trainer-command.js';
import { busyText, holderText } from '../../loggers/event-messages.js';
import type { DatabasePlace } from '../../storage/place.js';
import type { Storage } from '../../storage/storage.js';
import { Resumability } from '../../study/attempt/resumability.js';
import type { ResultsSource } from '../../study/study-context.js';
import { countTrials, DEFAULT_TRIALS, type PlanContext } from '../../study/sweep/budget.js';
import { PausedTrials } from '../../study/sweep/paused-trials.js';
import type { SweepContext } from '../../study/sweep/sweep-context.js';
import { TrialQueue } from '../../study/sweep/trial-queue.js';
import { newToken } from '../../study/token.js';
import { withStorageCopy } from '../copy-storage.js';
import { searchText } from '../digest-text.js';
import { print, printJson, warn } from '../output.js';
import { builtinCommand, snapshotFile } from '../paths.js';
import { claimOutputs } from './claim-outputs.js';
import { checkGpuMemory, excludedGpus } from './gpus.js';
import { heldByOthers } from './leases.js';
import { type ResolvedSweep, trainerProblem } from './load.js';
import { resumedTrials } from './more-trials.js';
import type { OptimizeRequest } from './options.js';
import { endOf, limitsOf, makePlan } from './plan.js';
import { openOrCreateStudy } from './reconcile.js';
import { findSlots, type SlotLayout } from './slots.js';
import { readsResults } from './trainer-of.js';

type Planned = {
  readonly trial: number;
  readonly attempt: number;
  readonly device: string;
  readonly params: Params;
  readonly pin: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** What submits it to a cluster; null where it is started here. */
  readonly submission: readonly string[] | null;
};

/** The study whose trials are planned. */
type PlannedStudy = Pick<SweepContext, 'name' | 'owner' | 'spec' | 'tell' | 'seedOf'> &
  Pick<PlanContext, 'samplerEntry'> &
  Pick<ResultsSource, 'effectiveParams'>;

/**
 * Prints the plan line and every planned command with its pinned device. It asks as a real run does, on a copy of the
 * database in a temporary folder, so it writes nothing where the study lives. A sampler that learns is asked as if no
 * result had come in yet, and devices are taken in turn.
 */
export async function dryRun(wanted: ResolvedSweep, request: OptimizeRequest): Promise<void> {
  await withStorageCopy(request.storage, 'dry-run', (storage, place) =>
    planOn({ storage, place }, wanted, request),
  );
}

/** `storage`: a copy; `place`: where its original is. */
type Copy = { readonly storage: Storage; readonly place: DatabasePlace };

async function planOn(
  { storage, place }: Copy,
  wanted: ResolvedSweep,
  request: OptimizeRequest,
): Promise<void> {
  const { study } = await openOrCreateStudy(storage, wanted, request.allowChange ?? false, 0);
  // The copy is what changes where the study becomes one of its own.
  const outputs = await claimOutputs(storage, study, { place, claim: false });
  const places = await findSlots(wanted.run);
  checkGpuMemory(wanted.spec, places);
  const { ompThreads } = places;
  const held = await heldByOthers(places);
  const { busy, warnings } = await excludedGpus(places, wanted.run);
  // A plan may be made where the trainer is not: then it is no error.
  const missing = trainerProblem(wanted);
  const all = [
    ...outputs.notices,
    ...places.warnings,
    ...warnings,
    ...(missing === null ? [] : [missing.message]),
  ];
  for (const warning of all) warn(warning);
  const slots = slotsBeside(busy, places);
  const asked = limitsOf(wanted);
  const { trials } = await resumedTrials({ id: study.id, storage }, asked.trials);
  const limits = { ...asked, trials };
  const counts = await countTrials(study);
  const plan = makePlan(study, counts, limits);
  const untried = (plan.total ?? Number.POSITIVE_INFINITY) - counts.committed;
  const together = readsResults(wanted.spec) ? 1 : Math.max(1, Math.min(slots.length, untried));
  const work = new TrialQueue({
    study,
    budget: plan.budget,
    configurations: plan.configurations,
    checkpoints: null,
    patience: () => asked.patience,
    paused: new PausedTrials(
      study,
      new Resumability({
        checkpoints: null,
        scheduler: study.spec.scheduler,
        isPossible: plan.foreseen !== null,
        reportsSaves: false,
        emit: () => {},
      }),
    ),
    emit: (event) => {
      if (event.type === 'warning') warn(`trial ${event.trial} was ${event.message}`);
    },
  });
  const running = await work.load(request.retryFailed ?? false);
  const planned: Planned[] = [];
  if (!request.json) {
    print(plan.line);
    for (const holder of held) print(holderText(holder));
    for (const gpu of busy) print(`left out until min_free_memory is free: ${busyText(gpu)}`);
  }
  if (!request.json && running.length > 0)
    print(`to reattach: trials ${running.map(({ trial }) => trial.number).join(', ')}`);
  for (let turn = 0; ; turn++) {
    if (plan.total === null && turn === DEFAULT_TRIALS) {
      if (!request.json) print(`and so on until ${endOf(limits)}`);
      break;
    }
    if (turn === plan.foreseen) {
      if (!request.json) print('and then what the population comes to');
      break;
    }
    const next = await planNext(study, work, slots[turn % slots.length] as Slot, {
      ompThreads,
      studyDir: outputs.dir,
      executor: wanted.run.executor,
      // What a later trial starts with depends on which ones end at that time.
      together: turn < together ? together : 1,
    });
    if (!next) break;
    planned.push(next);
    if (!request.json) print(plannedText(next));
  }
  if (request.json)
    printJson('plan', {
      study: study.name,
      plan: plan.line,
      search: searchText(study.spec),
      held,
      busy,
      trials: planned,
    });
  else if (planned.length === 0) print('nothing to run: the study is finished');
}

function plannedText({ trial, device, pin, command, submission }: Planned): string {
  const program = [describeEnv(pin), describeCommand(command)].filter(Boolean).join(' ');
  if (submission === null) return `trial ${trial} on ${device}: ${program}`;
  return `trial ${trial} on ${device}: ${describeCommand(submission)}\n    which runs: ${program}`;
}

/** Those of GPUs that are not busy, as many as the sweep may use; where all are, those that it waits for. */
function slotsBeside(
  busy: readonly LowMemoryGpu[],
  { slots, candidates: places }: SlotLayout,
): readonly Slot[] {
  const out = new Set(busy.map(({ device }) => device));
  const free = places.filter(({ device }) => !device.split(',').some((label) => out.has(label)));
  return free.length === 0 ? slots : free.slice(0, slots.length);
}

const UNTRIED = {
  state: 'fail',
  values: null,
  exitCode: null,
  reason: 'planned only',
  finishedAtMs: 0,
} as const;

type Around = {
  readonly ompThreads: number;
  readonly studyDir: string;
  readonly executor: ComponentSpec;
  readonly together: number;
};

async function planNext(
  study: PlannedStudy,
  work: TrialQueue,
  slot: Slot,
  { ompThreads, studyDir, executor, together }: Around,
): Promise<Planned | null> {
  const next = await work.next(
    { token: newToken(), owner: study.owner, device: slot.device, handle: () => '', startedAtMs: 0 },
    0,
  );
  if (!('opened' in next)) return null;
  const { trial, config, attempt } = next.opened;
  // A grid asks the same whatever comes of its trials; ended ones need not be read again at each ask.
  if (!study.samplerEntry.endless) await study.tell(trial.id, attempt?.id ?? null, UNTRIED);
  const params = study.effectiveParams(config);
  const seed = trial.seed ?? study.seedOf(trial.repeat);
  const configFile = snapshotFile(studyDir);
  const targetStep = attempt?.targetStep ?? study.spec.maxSteps;
  // The folder of an attempt has a random name.
  const places = {
    configFile,
    paramsFile: '(the file of its parameters)',
    trialDir: trialDir(studyDir, trial.number),
  };
  const env = trainerEnv({
    attempt: { study: study.name, trial: trial.number, token: '', params, seed, slot, targetStep },
    ...places,
    checkpointDir: null,
    inherited: process.env,
    trainerEnv: study.spec.trainer.env,
    ompThreads,
  });
  const shown = ['CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'OMP_NUM_THREADS'].filter(
    (name) => env[name] !== undefined,
  );
  return {
    trial: trial.number,
    attempt: attempt?.attempt ?? 1,
    device: slot.device,
    params,
    pin: Object.fromEntries(shown.map((name) => [name, env[name] as string])),
    command: expandCommand(
      study.spec.trainer.command ?? builtinCommand(),
      { params, seed, targetStep, ...places },
      effectiveNames(study.spec.space),
    ),
    submission: await submissionOf(executor, {
      trial: trial.number,
      // Both are made when it is started.
      token: 'TOKEN',
      dir: join(studyDir, '.attempts', `${trial.number}-${attempt?.attempt ?? 1}-ID`),
      cwd: study.spec.trainer.cwd ?? process.cwd(),
      together,
    }),
  };
}
