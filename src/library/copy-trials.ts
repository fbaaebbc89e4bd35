import type { Distribution } from '../core/distribution.js';
import { paramsKey } from '../core/space.js';
import { isFinished } from '../core/trial.js';
import { NO_REMARKS } from '../storage/annotation.js';
import type {
  ConfigRecord,
  FilledConfig,
  ReportedPoint,
  Storage,
  StudyRecord,
  TrialRecord,
  TrialRow,
} from '../storage/storage.js';
import { pausedEnding } from '../study/paused-ending.js';
import { storedSpec } from '../study/stored-spec.js';

const PAGE = 1000;

/** Everything that is copied of one trial. */
type Original = {
  readonly trial: TrialRecord;
  readonly row: TrialRow;
  readonly points: readonly ReportedPoint[];
};

/**
 * Copies a study with its finished and its enqueued trials; paused ones are pruned in the copy. What fails midway leaves no study behind.
 * @throws HpoError storage.study-exists (usage).
 */
export async function copyTrials(
  from: Storage,
  record: StudyRecord,
  to: Storage,
  { name }: { readonly name: string },
): Promise<void> {
  const { directions, seed, spec } = record;
  const copy = await to.createStudy({ name, directions, seed: seed ?? 0, spec, createdAtMs: Date.now() });
  try {
    await new TrialCopy(from, record, to, copy.id).run();
  } catch (error) {
    await to.deleteStudy(copy.id);
    throw error;
  }
}

class TrialCopy {
  readonly #from: Storage;
  readonly #record: StudyRecord;
  readonly #to: Storage;
  readonly #id: number;
  /** Ids of configurations in the copy, by those of the original. */
  readonly #configs = new Map<number, number>();
  #distributions: Readonly<Record<string, Distribution>> = {};

  constructor(from: Storage, record: StudyRecord, to: Storage, id: number) {
    this.#from = from;
    this.#record = record;
    this.#to = to;
    this.#id = id;
  }

  async run(): Promise<void> {
    const { id } = this.#record;
    const { parameters } = await this.#from.parameterSummary(id);
    const seen = parameters.flatMap((each): [string, Distribution][] => {
      const last = each.distributions.at(-1);
      return last ? [[each.name, last]] : [];
    });
    const declared = storedSpec(this.#record).space.params;
    this.#distributions = Object.fromEntries([
      ...seen,
      ...declared.map(({ name, distribution }): [string, Distribution] => [name, distribution]),
    ]);
    const all = await this.#from.changes(id, { configId: 0, trialId: 0, unfinished: [] });
    const configs = new Map(all.configs.map((config) => [config.id, config]));
    const trials = new Map(all.trials.map((trial) => [trial.number, trial]));
    for (let at = 0; ; at += PAGE) {
      const rows = await this.#from.rows(id, at, PAGE);
      if (rows.length === 0) break;
      const attrs = await this.#from.readTrialAttributes(id, at, PAGE);
      for (const row of rows) {
        const trial = trials.get(row.number);
        if (!trial || (!isFinished(row.state) && row.pausedAt === null)) continue;
        const points = await this.#pointsOf(row.number);
        const ended = row.pausedAt === null ? row : await this.#endPaused(row);
        const number = await this.#copy(
          { trial, row: ended, points },
          configs.get(trial.configId ?? -1) ?? null,
        );
        if (number === null) continue;
        const own = attrs.get(row.number);
        if (own) await this.#to.writeTrialAttributes(this.#id, number, own);
        const { note, tags, hidden } = row;
        if (note !== null || tags.length > 0 || hidden)
          await this.#to.annotate(this.#id, number, { note, addTags: tags, removeTags: [], hidden });
      }
    }
    const waiting = await this.#from.unfinished(id, 'waiting');
    await this.#to.enqueue(
      this.#id,
      waiting.map(({ enqueued }) => enqueued ?? {}),
    );
  }

  /** Its checkpoint stays with the original, so that the copy cannot continue it. */
  async #endPaused(row: TrialRow): Promise<TrialRow> {
    const reason = `was paused at step ${row.pausedAt} when the study was copied`;
    const finishedAtMs = row.pausedSinceMs ?? Date.now();
    const study = { storage: this.#from, id: this.#record.id, spec: storedSpec(this.#record) };
    return { ...row, ...(await pausedEnding(study, row, { reason, finishedAtMs })) };
  }

  async #pointsOf(number: number): Promise<readonly ReportedPoint[]> {
    const [first] = storedSpec(this.#record).objectives;
    const stored = await this.#from.metrics(this.#record.id, number);
    return stored.map((point) => ({ ...point, objective: point.name === first?.metric }));
  }

  /** Returns the number of the copied trial; null for one that is not copied. */
  async #copy(original: Original, config: ConfigRecord | null): Promise<number | null> {
    if (config === null || config.index < 0) return this.#addFinished(original, config);
    const { trial, row, points } = original;
    const opened = await this.#open(original, config);
    if (!opened) return null;
    const { id, number } = opened.trial;
    if (storedSpec(this.#record).defineByRun) {
      for (const [name, value] of Object.entries(trial.params)) {
        const distribution = this.#distributions[name];
        if (distribution) await this.#to.suggest(id, null, { name, distribution, value });
      }
    }
    if (points.length > 0) await this.#to.report(id, null, points);
    await this.#to.finish(id, null, endingOf(row));
    return number;
  }

  async #open({ trial, row }: Original, config: ConfigRecord) {
    const startedAtMs = row.startedAtMs ?? row.finishedAtMs ?? Date.now();
    const { repeat, seed } = trial;
    const opening = { repeat, seed: seed ?? 0, startedAtMs, attempt: null, asker: null };
    const known = this.#configs.get(config.id);
    if (known !== undefined) return this.#to.addRepeat(known, opening);
    const { reservation } = await this.#to.reserveIndex(this.#id, this.#to.liveness.hold());
    const opened = await this.#to.commitConfiguration({ reservation }, this.#filled(config), {
      ...opening,
      limit: null,
    });
    if (opened) this.#configs.set(config.id, opened.config.id);
    else await this.#to.releaseIndices(this.#id, { reservation });
    return opened;
  }

  /** A trial that no index belongs to. */
  async #addFinished({ trial, row, points }: Original, config: ConfigRecord | null): Promise<number | null> {
    const { params } = trial;
    const filled = config ?? { params, forced: {}, key: paramsKey(params), attrs: {} };
    const startedAtMs = row.startedAtMs ?? row.finishedAtMs ?? Date.now();
    const [number = null] = await this.#to.importFinished(this.#id, [
      {
        filled: this.#filled(filled),
        remarks: NO_REMARKS,
        opening: { repeat: 0, seed: trial.seed ?? 0, startedAtMs },
        points,
        ending: endingOf(row),
      },
    ]);
    return number;
  }

  #filled({ params, forced, key, attrs }: Omit<FilledConfig, 'distributions'>): FilledConfig {
    return { params, forced, key, attrs, distributions: this.#distributions };
  }
}

function endingOf(row: TrialRow) {
  const state = isFinished(row.state) ? row.state : 'fail';
  return {
    state,
    values: row.values,
    violations: row.violations,
    exitCode: row.exitCode,
    reason: row.reason,
    finishedAtMs: row.finishedAtMs ?? Date.now(),
  };
}
