import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { beginCall } from '../../control/stored-control.js';
import type { ChangedLimits } from '../../core/study-control.js';
import { ChangeableLimits } from '../../executors/changeable-limits.js';
import type { Executor } from '../../executors/executor.js';
import { openExecutor } from '../../executors/registry.js';
import { keepClaiming } from '../../executors/study-outputs.js';
import type { StudyInfo } from '../../loggers/study-reader.js';
import { openStorage } from '../../storage/open.js';
import type { Storage } from '../../storage/storage.js';
import { parseStorageUrl } from '../../storage/url.js';
import type { Emit, SweepEnd } from '../../study/events.js';
import { recomputedText } from '../../study/replacing.js';
import type { ResultsSource } from '../../study/study-context.js';
import { countTrials, type PlanContext } from '../../study/sweep/budget.js';
import { StorageLost } from '../../study/sweep/database-watch.js';
import { DiskSpaceGuard, isDatabaseLost } from '../../study/sweep/disk-space-guard.js';
import { runSweep } from '../../study/sweep/loop.js';
import type { SweepContext } from '../../study/sweep/sweep-context.js';
import { ExitCode, print, warn } from '../output.js';
import { DEFAULT_SWEEP, outputsDir } from '../paths.js';
import { beginLimits } from './begin-limits.js';
import { CallRecord } from './call-record.js';
import { type ClaimedOutputs, claimOutputs } from './claim-outputs.js';
import { withContinueCommand } from './continue-command.js';
import { beginNotes } from './dropped-limits.js';
import { dryRun } from './dry-run.js';
import { makeGpuParts, usedElsewhere } from './gpus.js';
import { findLeaseDir, type LeaseDir, makePool } from './leases.js';
import { checkNewName, checkTrainer, type ResolvedSweep, resolveSweep } from './load.js';
import {
  closeLoggers,
  configureLoggers,
  createLoggers,
  type LoggerFactory,
  loggerSettings,
  stackOf,
} from './loggers.js';
import type { OptimizeRequest } from './options.js';
import { noStoredSpace } from './optuna-study.js';
import { prepareOutputs } from './outputs.js';
import { openPage } from './page.js';
import { limitsOf, makePlan, type Plan, type SweepLimits } from './plan.js';
import { openOrCreateStudy } from './reconcile.js';
import { type SignalWatch, watchSignals } from './signals.js';
import { findSlots, type SlotLayout } from './slots.js';
import { writeSnapshot } from './snapshot.js';
import { makeStudyInfo } from './study-info.js';
import { summarize } from './summary.js';
import { trainerOf } from './trainer-of.js';

/** `hpo optimize`: creates or resumes the study, and runs it to its end. */
export async function optimize(request: OptimizeRequest): Promise<void> {
  const wanted = await resolveSweep(request);
  for (const notice of wanted.notices) warn(notice);
  const limits = limitsOf(wanted);
  if (request.dryRun) return dryRun(wanted, request);
  checkTrainer(wanted);
  if (isNewFile(request.storage)) checkNew(wanted, request.storage);
  // A mistake in the devices must not leave a study behind.
  const places = await findSlots(wanted.run);
  const leases = findLeaseDir(places);
  const loggers = await configureLoggers(loggerSettings(wanted, request));
  prepareOutputs();
  const disk = new DiskSpaceGuard({
    folders: [outputsDir(), ...databaseFolder(request.storage)],
    outputs: outputsDir(),
  });
  const database = await openStorage(request.storage, { warn });
  const storage = disk.storage(database);
  const page = await openPage(request);
  try {
    const { study, created } = await openOrCreateStudy(
      storage,
      wanted,
      request.allowChange ?? false,
      Date.now(),
    );
    if (study.recomputed) warn(recomputedText(study.recomputed, study.spec));
    const begun = await beginCall(storage, study.id, request.resume ?? false);
    const outputs = await claimOutputs(storage, study, { url: request.storage, claim: true });
    const session = new SweepSession({
      storage,
      database,
      study,
      wanted,
      request,
      limits,
      created,
      disk,
      outputs,
    });
    const code = await session.run(places, leases, loggers, beginNotes(begun, wanted.run));
    if (code !== 0) throw new ExitCode(code);
  } finally {
    page.close();
    await storage.close();
  }
}

/** What would be found wrong with a new study, before there is a file for it. */
function checkNew(wanted: ResolvedSweep, url: string): void {
  checkNewName(wanted.name);
  if (wanted.stored) throw noStoredSpace(url, wanted);
}

const isNewFile = (url: string) => isMemory(url) || !existsSync(parseStorageUrl(url));
const isMemory = (url: string) => parseStorageUrl(url) === ':memory:';

function databaseFolder(url: string): string[] {
  return isMemory(url) ? [] : [dirname(parseStorageUrl(url))];
}

/** The study of a sweep: what runs it, and what its plan and its summary are made from. */
type SweptStudy = SweepContext & PlanContext & ResultsSource;

type SessionParts = {
  readonly storage: Storage;
  /** The same, but an operation fails where `storage` would wait for space. */
  readonly database: Storage;
  readonly study: SweptStudy;
  readonly wanted: ResolvedSweep;
  readonly request: OptimizeRequest;
  readonly limits: SweepLimits;
  /** False: the study existed before. */
  readonly created: boolean;
  readonly disk: DiskSpaceGuard;
  readonly outputs: ClaimedOutputs;
};

/** One call on one study: puts the parts together, runs the loop, and says what came of it. */
class SweepSession {
  readonly #storage: Storage;
  readonly #database: Storage;
  readonly #study: SweptStudy;
  readonly #wanted: ResolvedSweep;
  readonly #request: OptimizeRequest;
  readonly #limits: SweepLimits;
  readonly #created: boolean;
  readonly #disk: DiskSpaceGuard;
  readonly #outputs: ClaimedOutputs;
  readonly #attemptLimits: ChangeableLimits;

  constructor({ storage, database, study, wanted, request, limits, created, disk, outputs }: SessionParts) {
    this.#storage = storage;
    this.#database = database;
    this.#study = study;
    this.#wanted = wanted;
    this.#request = request;
    this.#limits = limits;
    this.#created = created;
    this.#disk = disk;
    this.#outputs = outputs;
    this.#attemptLimits = new ChangeableLimits(wanted.run);
  }

  async run(
    places: SlotLayout,
    leases: LeaseDir,
    factories: readonly LoggerFactory[],
    notes: readonly string[],
  ): Promise<number> {
    const executor = await this.#openExecutor(places.ompThreads);
    const counts = await countTrials(this.#study);
    const plan = makePlan(this.#study, counts, this.#limits);
    const { group, messages } = createLoggers(factories, {
      studyDir: this.#outputs.dir,
      json: this.#request.json ?? false,
    });
    messages.send('info', this.#headline(plan, places));
    for (const note of notes) messages.send('info', note);
    for (const warning of await this.#warnings(places, leases)) messages.send('warning', warning);
    const watch = watchSignals(() => group.flush());
    const limits = beginLimits(plan, places, this.#limits, this.#attemptLimits);
    const record = await this.#beginRecord(limits, (warning) => messages.send('warning', warning));
    let started = 0;
    const emit: Emit = (event) => {
      if (event.type === 'trial-started') started++;
      group.emit(event);
    };
    try {
      await group.open(await this.#studyInfo(plan, places), this.#storage);
      const end = await this.#sweep(executor, { places, leaseDir: leases.dir }, plan, emit, watch);
      const incomplete = await group.flush();
      await record.end(end, Date.now());
      await closeLoggers(group, watch);
      return await this.#finish(end, { started, hasTable: !incomplete.has('csv') }, watch);
    } catch (error) {
      messages.send('debug', `error: ${stackOf(error)}`);
      if (!isDatabaseLost(error) && !(error instanceof StorageLost)) await record.end('error', Date.now());
      // The connection to a file that was deleted still reads.
      if (!isDatabaseLost(error) || error instanceof StorageLost) await group.flush();
      await closeLoggers(group, { drain: AbortSignal.abort(), abort: watch.abort });
      throw withContinueCommand(error, process.argv.slice(2));
    } finally {
      this.#disk.close();
      watch.close();
    }
  }

  async #warnings(places: SlotLayout, leases: LeaseDir): Promise<readonly string[]> {
    return [
      ...this.#outputs.notices,
      ...places.warnings,
      ...(await usedElsewhere(places, this.#wanted.run)),
      ...(leases.warning ? [leases.warning] : []),
    ];
  }

  async #beginRecord(limits: ChangedLimits, warn: (message: string) => void): Promise<CallRecord> {
    const { id, owner, spec } = this.#study;
    const record = await CallRecord.begin({ id, owner, storage: this.#database }, Date.now(), limits);
    const { command, cwd } = spec.trainer;
    if (this.#wanted.run.provenance) record.addProvenance({ file: this.#wanted.file, command, cwd }, warn);
    return record;
  }

  #studyInfo(plan: Plan, places: SlotLayout): Promise<StudyInfo> {
    return makeStudyInfo(this.#storage, this.#study, {
      total: plan.shown,
      slots: places.slots.length,
      retryFailed: this.#request.retryFailed ?? false,
    });
  }

  #openExecutor(ompThreads: number): Promise<Executor> {
    const { spec, name } = this.#study;
    return openExecutor(this.#wanted.run.executor, {
      studyDir: this.#outputs.dir,
      claim: this.#outputs.claim,
      ...trainerOf(spec),
      configFile: writeSnapshot(this.#outputs.dir, name, spec),
      ompThreads,
      limits: this.#attemptLimits,
      checkpoints: this.#wanted.run.checkpoints,
    });
  }

  #headline(plan: Plan, { slots, candidates: places }: SlotLayout): string {
    const devices = [...new Set(places.map((slot) => slot.device))].join(' ');
    const slotText = `${slots.length} slot${slots.length === 1 ? '' : 's'} (${devices})`;
    return `study ${this.#study.name} ${this.#created ? 'created' : 'resumes'}, ${slotText}: ${plan.line}`;
  }

  async #sweep(
    executor: Executor,
    { places, leaseDir }: { places: SlotLayout; leaseDir: string | null },
    plan: Plan,
    emit: Emit,
    watch: SignalWatch,
  ): Promise<SweepEnd> {
    this.#disk.attach({ emit, drain: watch.drain, abort: watch.abort, now: Date.now });
    const gpus = makeGpuParts(places, this.#wanted.run, emit);
    const { pool, close } = await makePool(places, leaseDir, emit, gpus.memory);
    const unclaim = keepClaiming(this.#outputs.dir, this.#outputs.claim);
    try {
      return await runSweep({
        disk: this.#disk,
        study: this.#study,
        executor: gpus.watched(executor),
        slots: pool,
        emit,
        budget: plan.budget,
        total: plan.total,
        ...this.#limits,
        retryFailed: this.#request.retryFailed ?? false,
        failures: this.#wanted.run,
        setAttemptLimits: (changed) => this.#attemptLimits.change(changed),
        drain: watch.drain,
        abort: watch.abort,
        now: Date.now,
      });
    } finally {
      unclaim();
      close();
      gpus.close();
    }
  }

  async #finish(
    end: SweepEnd,
    { started, hasTable }: { readonly started: number; readonly hasTable: boolean },
    watch: SignalWatch,
  ): Promise<number> {
    const { text, failed } = await summarize(this.#study, end, {
      studyDir: this.#outputs.dir,
      csv: hasTable ? resolve(this.#wanted.run.csv) : null,
      json: this.#request.json ?? false,
      started,
      place: {
        named: this.#request.study !== undefined || this.#request.sweep !== DEFAULT_SWEEP,
        storage: this.#request.storage,
      },
    });
    print(text);
    return watch.exitCode() ?? (failed || !hasTable ? 1 : 0);
  }
}
