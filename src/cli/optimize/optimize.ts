import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HpoError } from '../../core/errors.js';
import type { Executor } from '../../executors/executor.js';
import { openExecutor } from '../../executors/registry.js';
import { keepClaiming } from '../../executors/study-outputs.js';
import type { LiveCsv } from '../../loggers/csv/live.js';
import { makeLiveCsv } from '../../loggers/csv/live.js';
import { makeSweepLog, reserveSweepLog } from '../../loggers/sweep-log.js';
import type { Target } from '../../loggers/wandb/target.js';
import { openStorage } from '../../storage/open.js';
import type { Storage } from '../../storage/storage.js';
import { parseStorageUrl } from '../../storage/url.js';
import { type Emit, makeEmitter, type SweepEnd } from '../../study/events.js';
import { recomputedText } from '../../study/replacing.js';
import type { ResultsSource } from '../../study/study-context.js';
import { countTrials, type PlanContext } from '../../study/sweep/budget.js';
import { StorageLost } from '../../study/sweep/database-watch.js';
import { DiskSpaceGuard, isDatabaseLost } from '../../study/sweep/disk-space-guard.js';
import { runSweep } from '../../study/sweep/loop.js';
import type { SweepContext } from '../../study/sweep/sweep-context.js';
import { ExitCode, print, warn } from '../output.js';
import { builtinCommand, outputsDir } from '../paths.js';
import { type ClaimedOutputs, claimOutputs } from './claim-outputs.js';
import { withContinueCommand } from './continue-command.js';
import { makeCsvSource } from './csv-source.js';
import { dryRun } from './dry-run.js';
import { makeGpuParts, usedElsewhere } from './gpus.js';
import { findLeaseDir, type LeaseDir, makePool } from './leases.js';
import { checkNewName, checkPlaces, type ResolvedSweep, resolveSweep } from './load.js';
import { checkEvents, findWandb, type Loggers, makeLoggers } from './loggers.js';
import type { OptimizeRequest } from './options.js';
import { noStoredSpace } from './optuna-study.js';
import { prepareOutputs } from './outputs.js';
import { limitsOf, makePlan, type Plan, type SweepLimits } from './plan.js';
import { openOrCreateStudy } from './reconcile.js';
import { type SignalWatch, watchSignals } from './signals.js';
import { findSlots, type SlotLayout } from './slots.js';
import { writeSnapshot } from './snapshot.js';
import { summarize } from './summary.js';
import { makeView, type View } from './view.js';

/** `hpo optimize`: creates the study or goes on with it, and runs it to its end. */
export async function optimize(request: OptimizeRequest): Promise<void> {
  const wanted = await resolveSweep(request);
  for (const notice of wanted.notices) warn(notice);
  const limits = limitsOf(wanted);
  if (request.dryRun) return dryRun(wanted, request);
  checkPlaces(wanted);
  if (isNewFile(request.storage)) checkNew(wanted, request.storage);
  // A mistake in the devices must not leave a study behind.
  const places = await findSlots(wanted.run);
  const leases = findLeaseDir(places);
  await checkEvents(wanted);
  const wandb = await findWandb(wanted, request.wandb);
  prepareOutputs();
  const disk = new DiskSpaceGuard({
    folders: [outputsDir(), ...databaseFolder(request.storage)],
    outputs: outputsDir(),
  });
  const storage = disk.storage(await openStorage(request.storage, { warn }));
  try {
    const { study, created } = await openOrCreateStudy(
      storage,
      wanted,
      request.allowChange ?? false,
      Date.now(),
    );
    if (study.recomputed) warn(recomputedText(study.recomputed, study.spec));
    const outputs = await claimOutputs(storage, study, { url: request.storage, claim: true });
    const session = new SweepSession({ storage, study, wanted, request, limits, created, disk, outputs });
    const code = await session.run(places, leases, wandb);
    if (code !== 0) throw new ExitCode(code);
  } finally {
    await storage.close();
  }
}

/** What would be found wrong with a new study, before there is a file for it. */
function checkNew(wanted: ResolvedSweep, url: string): void {
  checkNewName(wanted.name);
  if (wanted.stored) throw noStoredSpace(url, wanted);
}

function isNewFile(url: string): boolean {
  const file = parseStorageUrl(url);
  return file === ':memory:' || !existsSync(file);
}

function databaseFolder(url: string): string[] {
  const file = parseStorageUrl(url);
  return file === ':memory:' ? [] : [dirname(file)];
}

/** The study of a sweep: what runs it, and what its plan and its summary are made from. */
type SweptStudy = SweepContext & PlanContext & ResultsSource;

type SessionParts = {
  readonly storage: Storage;
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
  readonly #study: SweptStudy;
  readonly #wanted: ResolvedSweep;
  readonly #request: OptimizeRequest;
  readonly #limits: SweepLimits;
  readonly #created: boolean;
  readonly #disk: DiskSpaceGuard;
  readonly #outputs: ClaimedOutputs;

  constructor({ storage, study, wanted, request, limits, created, disk, outputs }: SessionParts) {
    this.#storage = storage;
    this.#study = study;
    this.#wanted = wanted;
    this.#request = request;
    this.#limits = limits;
    this.#created = created;
    this.#disk = disk;
    this.#outputs = outputs;
  }

  async run(places: SlotLayout, leases: LeaseDir, wandb: Target | null): Promise<number> {
    const executor = await this.#openExecutor(places.ompThreads);
    const counts = await countTrials(this.#study);
    const plan = makePlan(this.#study, counts, this.#limits);
    const view = await makeView(
      this.#study,
      plan,
      places.slots.length,
      this.#request.json ?? false,
      this.#request.retryFailed ?? false,
    );
    view.log(this.#headline(plan, places));
    const warnings = [
      ...this.#outputs.notices,
      ...places.warnings,
      ...(await usedElsewhere(places, this.#wanted.run)),
    ];
    if (leases.warning) warnings.push(leases.warning);
    for (const warning of warnings) view.log(`warning: ${warning}`);
    const csv = this.#makeCsv(view);
    const log = makeSweepLog(reserveSweepLog(outputsDir(), new Date()), () => new Date());
    log.line(this.#headline(plan, places));
    for (const notice of this.#outputs.notices) log.line(`warning: ${notice}`);
    const defect = (error: unknown) => {
      const text = `error: ${error instanceof Error ? error.stack : String(error)}`;
      try {
        log.line(text);
      } catch {
        // The log itself may be what fails: a full disk.
        view.log(text);
      }
    };
    const watch = watchSignals(() => csv.flush());
    const outlets = await this.#makeOutlets(wandb, (message) => {
      view.log(`warning: ${message}`);
      log.line(`warning: ${message}`);
    });
    try {
      const subscribers = [view.subscriber, log.subscriber, csv.subscriber, ...outlets.subscribers];
      const emit = makeEmitter(subscribers, defect);
      await outlets.open();
      const end = await this.#sweep(executor, { places, leaseDir: leases.dir }, plan, emit, watch);
      await outlets.close(watch);
      return await this.#finish(end, view, csv, watch);
    } catch (error) {
      defect(error);
      await outlets.close({ drain: AbortSignal.abort(), abort: watch.abort });
      view.close();
      // The connection to a file that was deleted still reads.
      if (!isDatabaseLost(error) || error instanceof StorageLost) await csv.flush();
      throw withContinueCommand(error, process.argv.slice(2));
    } finally {
      this.#disk.close();
      watch.close();
    }
  }

  #openExecutor(ompThreads: number): Promise<Executor> {
    const { spec, name } = this.#study;
    return openExecutor(this.#wanted.run.executor, {
      studyDir: this.#outputs.dir,
      claim: this.#outputs.claim,
      command: spec.trainer.command ?? builtinCommand(),
      cwd: spec.trainer.cwd ?? process.cwd(),
      env: spec.trainer.env,
      configFile: writeSnapshot(this.#outputs.dir, name, spec),
      ompThreads,
      limits: this.#wanted.run,
      metrics: spec.trainer.metrics,
      checkpoints: this.#wanted.run.checkpoints,
    });
  }

  #makeOutlets(wandb: Target | null, tell: (message: string) => void): Promise<Loggers> {
    return makeLoggers({
      storage: this.#storage,
      study: this.#study,
      studyDir: this.#outputs.dir,
      wanted: this.#wanted,
      wandb,
      tell,
    });
  }

  #makeCsv(view: View): LiveCsv {
    const file = resolve(this.#wanted.run.csv);
    const { csvSafe } = this.#wanted.run;
    const source = makeCsvSource(this.#storage, this.#study, this.#study.spec, csvSafe, (message) =>
      view.log(`warning: ${message}`),
    );
    return makeLiveCsv(file, source, {
      kept: (path) => view.log(`the table of another study was in the way and is kept as ${path}`),
      error: (error) =>
        view.log(
          `warning: ${error instanceof HpoError ? error.format() : `${file} could not be written: ${error}`}`,
        ),
    });
  }

  #headline(plan: Plan, { slots, candidates: places }: SlotLayout): string {
    const devices = [...new Set(places.map((slot) => slot.device))].join(' ');
    const slotText = `${slots.length} slot${slots.length === 1 ? '' : 's'} (${devices})`;
    return `study ${this.#study.name} ${this.#created ? 'created' : 'goes on'}, ${slotText}: ${plan.line}`;
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

  async #finish(end: SweepEnd, view: View, csv: LiveCsv, watch: SignalWatch): Promise<number> {
    view.close();
    const unwritten = await csv.flush();
    const { text, failed } = await summarize(this.#study, end, {
      studyDir: this.#outputs.dir,
      csv: unwritten === null ? resolve(this.#wanted.run.csv) : null,
      json: this.#request.json ?? false,
      started: view.started(),
    });
    print(text);
    return watch.exitCode() ?? (failed || unwritten !== null ? 1 : 0);
  }
}
