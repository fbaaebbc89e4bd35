import { resolve } from 'node:path';
import { beginCall } from '../../control/stored-control.js';
import { policyFor } from '../../core/checkpoints.js';
import type { ChangedLimits } from '../../core/study-control.js';
import { ChangeableLimits } from '../../executors/changeable-limits.js';
import type { Executor } from '../../executors/executor.js';
import { openExecutor } from '../../executors/registry.js';
import { keepClaiming } from '../../executors/study-outputs.js';
import type { StudyInfo } from '../../loggers/study-reader.js';
import { openStorage } from '../../storage/open.js';
import type { Emit, SweepEnd } from '../../study/events.js';
import { recomputedText } from '../../study/replacing.js';
import { countTrials } from '../../study/sweep/budget.js';
import { StorageLost } from '../../study/sweep/database-watch.js';
import { DiskSpaceGuard, isDatabaseLost } from '../../study/sweep/disk-space-guard.js';
import { runSweep } from '../../study/sweep/loop.js';
import type { SpendingWatch } from '../../study/sweep/sweep-options.js';
import { ExitCode, print, warn } from '../output.js';
import { DEFAULT_SWEEP, outputsDir } from '../paths.js';
import { beginWithResults, countSavings } from '../study-results.js';
import { beginLimits } from './begin-limits.js';
import { CallRecord } from './call-record.js';
import { claimOutputs } from './claim-outputs.js';
import { withContinueCommand } from './continue-command.js';
import { beginNotes } from './dropped-limits.js';
import { dryRun } from './dry-run.js';
import { checkGpuMemory, makeGpuParts, usedElsewhere } from './gpus.js';
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
import { MetricHint } from './metric-hint.js';
import { moreOf, resumedTrials } from './more-trials.js';
import type { OptimizeRequest } from './options.js';
import { noStoredSpace } from './optuna-study.js';
import { prepareOutputs } from './outputs.js';
import { openPage } from './page.js';
import { limitsOf, makePlan, type Plan } from './plan.js';
import { openOrCreateStudy } from './reconcile.js';
import type { SessionParts } from './session-parts.js';
import { type SignalWatch, watchSignals } from './signals.js';
import { findSlots, type SlotLayout, slotsText } from './slots.js';
import { writeSnapshot } from './snapshot.js';
import { makeSpendingWatch, spentOf } from './spending.js';
import { databaseFolder, isNewFile } from './storage-place.js';
import { makeStudyInfo } from './study-info.js';
import { summarize } from './summary.js';
import { SweepTally } from './sweep-tally.js';
import { trainerOf } from './trainer-of.js';
import { openLease } from './worker-lease.js';

/** `hpo optimize`: creates or resumes the study, and runs it to its end. */
export async function optimize(request: OptimizeRequest): Promise<void> {
  const wanted = await resolveSweep(request);
  for (const notice of wanted.notices) warn(notice);
  const asked = limitsOf(wanted);
  if (request.dryRun) return dryRun(wanted, request);
  checkTrainer(wanted);
  if (isNewFile(request.storage)) checkNew(wanted, request.storage);
  // A mistake in the devices must not leave a study behind.
  const places = await findSlots(wanted.run);
  checkGpuMemory(wanted.spec, places);
  const leases = findLeaseDir(places);
  const loggers = await configureLoggers(loggerSettings(wanted, request));
  prepareOutputs();
  const disk = new DiskSpaceGuard({
    folders: [outputsDir(), ...databaseFolder(request.storage)],
    outputs: outputsDir(),
  });
  const database = await openStorage(request.storage, { warn, leaseMs: wanted.run.leaseMs });
  const storage = disk.storage(database);
  const page = await openPage(request);
  try {
    const { study, created } = await openOrCreateStudy(
      storage,
      wanted,
      request.allowChange ?? false,
      Date.now(),
    );
    if (study.recomputed && study.recomputed.trials > 0) warn(recomputedText(study.recomputed, study.spec));
    const begun = await beginCall(storage, study, request.resume ?? false);
    const { trials, notes } = await resumedTrials({ id: study.id, storage }, asked.trials);
    const outputs = await claimOutputs(storage, study, { place: storage.place, claim: true });
    const results = await beginWithResults(storage, study);
    await results.update();
    results.save();
    const session = new SweepSession({
      storage,
      database,
      study,
      results,
      wanted,
      request,
      limits: { ...asked, trials },
      created,
      disk,
      outputs,
      lease: openLease(database, wanted.run, places),
    });
    const code = await session.run(places, leases, loggers, [...beginNotes(begun, wanted.run), ...notes]);
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

/** What came of a call: how many trials it started, and how many the study was to have in the end, where that is known. */
type Done = { end: SweepEnd; tally: SweepTally; hasTable: boolean; total: number | null };

/** One call on one study: puts the parts together, runs the loop, and says what came of it. */
class SweepSession {
  readonly #o: SessionParts;
  readonly #attemptLimits: ChangeableLimits;
  #spending: SpendingWatch | null = null;

  constructor(parts: SessionParts) {
    this.#o = parts;
    this.#attemptLimits = new ChangeableLimits(parts.wanted.run);
  }

  async run(
    places: SlotLayout,
    leases: LeaseDir,
    factories: readonly LoggerFactory[],
    notes: readonly string[],
  ): Promise<number> {
    const executor = await this.#openExecutor(places.ompThreads);
    const counts = await countTrials(this.#o.study);
    const plan = makePlan(this.#o.study, counts, this.#o.limits);
    const { group, messages } = createLoggers(factories, {
      studyDir: this.#o.outputs.dir,
      json: this.#o.request.json ?? false,
    });
    const begins = `study ${this.#o.study.name} ${this.#o.created ? 'created' : 'resumes'}`;
    messages.send('info', `${begins}, ${slotsText(places)}: ${plan.line}`);
    for (const note of notes) messages.send('info', note);
    for (const warning of await this.#warnings(places, leases)) messages.send('warning', warning);
    const watch = watchSignals(() => group.flush());
    const limits = beginLimits(plan, places, this.#o.limits, this.#attemptLimits);
    const record = await this.#beginRecord(limits, plan, (warning) => messages.send('warning', warning));
    const hint = new MetricHint();
    const tally = new SweepTally();
    const emit: Emit = (event) => {
      hint.note(event);
      tally.note(event);
      group.emit(event);
    };
    try {
      await group.open(await this.#studyInfo(plan, places), this.#o.storage);
      const end = await this.#sweep(executor, { places, leaseDir: leases.dir }, plan, emit, watch);
      const incomplete = await group.flush();
      await record.end(end, Date.now());
      await closeLoggers(group, watch);
      await hint.show(this.#o);
      return await this.#finish({ end, tally, hasTable: !incomplete.has('csv'), total: plan.total }, watch);
    } catch (error) {
      messages.send('debug', `error: ${stackOf(error)}`);
      if (!isDatabaseLost(error) && !(error instanceof StorageLost)) await record.end('error', Date.now());
      // The connection to a file that was deleted still reads.
      if (!isDatabaseLost(error) || error instanceof StorageLost) await group.flush();
      await closeLoggers(group, { drain: AbortSignal.abort(), abort: watch.abort });
      throw withContinueCommand(error, process.argv.slice(2));
    } finally {
      this.#o.disk.close();
      watch.close();
    }
  }

  async #warnings(places: SlotLayout, leases: LeaseDir): Promise<readonly string[]> {
    return [
      ...this.#o.outputs.notices,
      ...places.warnings,
      ...(await usedElsewhere(places, this.#o.wanted.run)),
      ...(leases.warning ? [leases.warning] : []),
    ];
  }

  async #beginRecord(limits: ChangedLimits, { budget }: Plan, warn: (message: string) => void) {
    const { id, owner, spec } = this.#o.study;
    const call = { startedAtMs: Date.now(), limits, more: moreOf(this.#o.wanted.run.trials, budget) };
    const record = await CallRecord.begin({ id, owner, storage: this.#o.database }, call);
    const { command, cwd } = spec.trainer;
    if (this.#o.wanted.run.provenance)
      record.addProvenance({ file: this.#o.wanted.file, command, cwd }, warn);
    return record;
  }

  #studyInfo(plan: Plan, places: SlotLayout): Promise<StudyInfo> {
    const known = { storage: this.#o.storage, results: this.#o.results.feed.model };
    return makeStudyInfo(known, this.#o.study, {
      total: plan.shown,
      slots: places.slots.length,
      timeoutMs: this.#o.limits.timeoutMs,
      retryFailed: this.#o.request.retryFailed ?? false,
    });
  }

  #openExecutor(ompThreads: number): Promise<Executor> {
    const { spec, name } = this.#o.study;
    return openExecutor(this.#o.wanted.run.executor, {
      studyDir: this.#o.outputs.dir,
      claim: this.#o.outputs.claim,
      ...trainerOf(spec),
      configFile: writeSnapshot(this.#o.outputs.dir, name, spec),
      ompThreads,
      limits: this.#attemptLimits,
      guard: this.#o.lease?.guard ?? null,
      checkpoints: this.#o.wanted.run.checkpoints ?? policyFor(spec),
    });
  }

  async #sweep(
    executor: Executor,
    { places, leaseDir }: { places: SlotLayout; leaseDir: string | null },
    plan: Plan,
    emit: Emit,
    watch: SignalWatch,
  ): Promise<SweepEnd> {
    this.#spending = makeSpendingWatch(this.#o.results, this.#o.limits.given, { emit, now: Date.now });
    this.#o.disk.attach({ emit, drain: watch.drain, abort: watch.abort, now: Date.now });
    const gpus = makeGpuParts(places, this.#o.wanted.run, emit);
    const { pool, close } = await makePool(places, leaseDir, emit, gpus.memory);
    const unclaim = keepClaiming(this.#o.outputs.dir, this.#o.outputs.claim);
    try {
      return await runSweep({
        disk: this.#o.disk,
        lease: this.#o.lease,
        study: this.#o.study,
        executor: gpus.watched(executor),
        slots: pool,
        emit,
        budget: plan.budget,
        total: plan.total,
        ...this.#o.limits,
        spending: this.#spending,
        retryFailed: this.#o.request.retryFailed ?? false,
        failures: this.#o.wanted.run,
        countSavings: () => countSavings(this.#o.results, this.#o.study.spec),
        setAttemptLimits: (changed) => this.#attemptLimits.change(changed),
        drain: watch.drain,
        abort: watch.abort,
        stop: watch.stop,
        now: Date.now,
      });
    } finally {
      unclaim();
      close();
      gpus.close();
      await this.#o.study.release();
    }
  }

  async #finish(done: Done, watch: SignalWatch): Promise<number> {
    await this.#o.results.update();
    this.#o.results.save();
    const { text, failed } = summarize(this.#o.study, this.#o.results.feed.model, {
      ...done,
      spent: spentOf(this.#o.results, this.#spending?.limit ?? null, Date.now()),
      studyDir: this.#o.outputs.dir,
      csv: done.hasTable ? resolve(this.#o.wanted.run.csv) : null,
      json: this.#o.request.json ?? false,
      rules: this.#o.wanted.run,
      place: {
        named: this.#o.request.study !== undefined || this.#o.request.sweep !== DEFAULT_SWEEP,
        storage: this.#o.request.storage,
      },
    });
    print(text);
    return watch.exitCode() ?? (failed || !done.hasTable ? 1 : 0);
  }
}
