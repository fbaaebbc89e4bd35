import fc from 'fast-check';
import { categorical, type Params } from '../../src/core/distribution.js';
import { HpoError } from '../../src/core/errors.js';
import type { FinishedState } from '../../src/core/trial.js';
import type { OpenedTrial, Storage } from '../../src/storage/storage.js';
import { countOf, uidOf, waitingIn } from './lookups.js';
import { changeObjective } from './other-objective.js';
import { ending, filled, newAttempt, newTrial } from './support.js';

const OWNERS = ['a', 'b'];
/** Stands for a final value. */
export const LAST_STEP = 4;
const pick = fc.nat({ max: 7 });
/** Mostly the attempt that the trial really has; else none at all, or that of any other trial. */
const claim = fc.constantFrom('own', 'own', 'own', 'none', 'other');
export type Command = Record<string, number | string | boolean>;
export const command = fc.oneof(
  fc.record({ do: fc.constant('allot'), owner: fc.constantFrom(...OWNERS) }),
  // Few different keys, so that they collide.
  fc.record({ do: fc.constant('fill'), draft: pick, key: fc.nat({ max: 8 }), leased: fc.boolean() }),
  // Mostly the place that is next, so that something is filled.
  fc.record({
    do: fc.constant('fill-next'),
    key: fc.nat({ max: 8 }),
    off: fc.constantFrom(0, 0, 0, 1),
    late: fc.constantFrom(0, 0, 0, 1),
  }),
  fc.record({ do: fc.constant('enqueue'), key: fc.nat({ max: 8 }) }),
  fc.record({ do: fc.constant('claim'), trial: pick, key: fc.nat({ max: 8 }), leased: fc.boolean() }),
  fc.record({ do: fc.constant('refuse'), trial: pick }),
  // Two at once: the second may have the key of the first, or an end that is refused.
  fc.record({
    do: fc.constant('add'),
    key: fc.nat({ max: 8 }),
    other: fc.nat({ max: 8 }),
    value: fc.double(),
  }),
  fc.record({ do: fc.constant('release'), draft: pick }),
  fc.record({ do: fc.constant('free'), owner: fc.constantFrom(...OWNERS) }),
  fc.record({ do: fc.constant('repeat'), config: pick, repeat: fc.nat({ max: 3 }) }),
  fc.record({
    do: fc.constant('attempt'),
    trial: pick,
    owner: fc.constantFrom(...OWNERS),
    startedAtMs: fc.nat(),
  }),
  fc.record({
    do: fc.constant('suggest'),
    trial: pick,
    claim,
    attempt: pick,
    // `layers` has a value already; `none` is no choice.
    name: fc.constantFrom('layers', 'rate', 'opt'),
    value: fc.constantFrom(1, 2, 'none'),
  }),
  fc.record({
    do: fc.constant('report'),
    trial: pick,
    claim,
    attempt: pick,
    name: fc.constantFrom('loss', 'loss', 'accuracy'),
    // Each report tells of a step and of the one before it; step -1 is refused.
    step: fc.nat({ max: LAST_STEP }),
    counted: fc.boolean(),
    value: fc.double(),
  }),
  fc.record({
    do: fc.constant('tell'),
    trial: pick,
    claim,
    attempt: pick,
    state: fc.constantFrom('complete', 'pruned', 'fail'),
    valued: fc.boolean(),
    value: fc.double(),
  }),
  fc.record({
    do: fc.constant('gpu'),
    trial: pick,
    claim,
    attempt: pick,
    util: fc.nat({ max: 100 }),
    memory: fc.double({ min: -1, max: 1e6, noNaN: true }),
  }),
  fc.record({ do: fc.constant('requeue'), attempt: pick, keep: fc.boolean(), forget: fc.boolean() }),
  fc.record({ do: fc.constant('reopen'), trial: pick, keep: fc.boolean() }),
  fc.record({ do: fc.constant('adopt'), attempt: pick }),
  fc.record({
    do: fc.constant('reclaim'),
    trial: pick,
    owner: fc.constantFrom(...OWNERS),
    leased: fc.boolean(),
  }),
  fc.record({ do: fc.constant('objective'), name: fc.constantFrom('loss', 'accuracy', 'nothing') }),
  fc.record({ do: fc.constant('separate'), known: fc.boolean() }),
  fc.record({ do: fc.constant('stop'), attempt: pick, wanted: fc.boolean() }),
) as fc.Arbitrary<Command>;

/** Everything a run of commands has been given, to be named again by later commands, rightly or wrongly. */
export class World {
  readonly drafts: number[] = [];
  readonly configs: number[] = [];
  readonly trials: number[] = [];
  readonly attempts: number[] = [];
  readonly newest = new Map<number, number>();
  objective = 'loss';

  constructor(
    readonly storage: Storage,
    readonly studyId: number,
  ) {}

  #keep(result: OpenedTrial | null): OpenedTrial | null {
    if (!result) return null;
    if (!this.configs.includes(result.config.id)) this.configs.push(result.config.id);
    if (!this.trials.includes(result.trial.id)) this.trials.push(result.trial.id);
    if (result.attempt) {
      this.attempts.push(result.attempt.id);
      this.newest.set(result.trial.id, result.attempt.id);
    }
    return result;
  }

  #at(ids: readonly number[], pick: unknown): number {
    return ids[Number(pick) % Math.max(1, ids.length)] ?? 999;
  }

  trialOf(c: Command): number {
    return this.#at(this.trials, c.trial);
  }

  /** What the storage answered, or the code of its refusal. */
  async apply(c: Command): Promise<unknown> {
    return this.#do(c).catch((error: unknown) => {
      if (error instanceof HpoError) return error.code;
      throw error;
    });
  }

  async #do(c: Command): Promise<unknown> {
    const { storage } = this;
    const trial = this.trialOf(c);
    const other = this.#at(this.attempts, c.attempt);
    const own = this.newest.get(trial) ?? null;
    const attempt = c.claim === 'own' ? own : c.claim === 'none' ? null : other;
    switch (c.do) {
      case 'allot': {
        const place = await storage.reserveIndex(this.studyId, String(c.owner));
        // An index that is used again has its draft already.
        if (!this.drafts.includes(place.reservation)) this.drafts.push(place.reservation);
        return place;
      }
      case 'fill': {
        const opening = c.leased ? newTrial(0, newAttempt('a')) : { ...newTrial(0, null), asker: 'a' };
        const draft = this.#at(this.drafts, c.draft);
        const forced: Params = c.leased ? { momentum: Number(c.key) } : {};
        return this.#keep(
          await storage.commitConfiguration(
            { reservation: draft },
            filled({ layers: Number(c.key) }, forced),
            opening,
          ),
        );
      }
      case 'fill-next': {
        const total = await countOf(storage, this.studyId, 'trials');
        const place = { index: this.drafts.length + Number(c.off), trialNumber: total + Number(c.late) };
        const next = filled({ layers: Number(c.key) });
        const opened = await storage.commitConfiguration(
          { studyId: this.studyId, predicted: place },
          next,
          newTrial(),
        );
        // It took an index as an allotment does; there is no draft of it.
        if (opened) this.drafts.push(-1);
        return this.#keep(opened);
      }
      case 'enqueue': {
        const numbers = await storage.enqueue(this.studyId, [{ layers: Number(c.key), opt: null }]);
        this.trials.push(...(await waitingIn(storage, this.studyId)).slice(-1).map(({ id }) => id));
        return numbers;
      }
      case 'claim': {
        const opening = newTrial(0, c.leased ? newAttempt('a') : null);
        const opened = await storage.claimEnqueued(trial, filled({ layers: Number(c.key) }), opening);
        return typeof opened === 'string' ? opened : this.#keep(opened);
      }
      case 'refuse':
        return storage.rejectEnqueued(trial, 'not allowed', 2);
      case 'add': {
        const finished = [Number(c.value), 1].map((value, k) => ({
          filled: filled({ layers: Number(k === 0 ? c.key : c.other) }),
          opening: { repeat: 0, seed: 1, startedAtMs: 1 },
          points: [{ name: 'loss', step: null, value, objective: true }],
          ending: ending({ values: [value] }),
        }));
        return storage.importFinished(this.studyId, finished.reverse());
      }
      case 'release':
        return storage.releaseIndices(this.studyId, { reservation: this.#at(this.drafts, c.draft) });
      case 'free':
        return storage.releaseIndices(this.studyId, { owners: [String(c.owner)] });
      case 'repeat':
        return this.#keep(
          await storage.addRepeat(this.#at(this.configs, c.config), newTrial(Number(c.repeat))),
        );
      case 'attempt':
        return this.#keep(
          await storage.restart(trial, {
            fromAsker: null,
            attempt: newAttempt(String(c.owner), Number(c.startedAtMs)),
          }),
        );
      case 'suggest': {
        const { name, value } = c as { name: string; value: number | string };
        const distribution = categorical(name === 'layers' ? [1, 2, 'none'] : [1, 2]);
        return storage
          .suggest(trial, attempt, { name, distribution, value })
          .catch((error: unknown) => (error as Error).name);
      }
      case 'report': {
        const { name, value } = c as { name: string; value: number };
        const steps = c.step === LAST_STEP ? [null] : [Number(c.step), Number(c.step) - 1];
        const points = steps.map((step) => ({
          name,
          step,
          value,
          objective: name === 'loss',
          counted: Boolean(c.counted),
        }));
        return storage.report(trial, attempt, points);
      }
      case 'tell':
        return storage.finish(
          trial,
          attempt,
          ending({
            state: c.state as FinishedState,
            values: c.valued ? [Number(c.value)] : null,
            violations: c.claim === 'own' && c.state !== 'fail' ? [Number(c.value), -1] : [],
            reason: String(c.claim),
            ...(c.claim === 'own' ? { cause: 'stopped' } : {}),
          }),
        );
      case 'gpu':
        return storage.recordGpuUsage(trial, attempt ?? -1, {
          cardUtilizationPercent: Number(c.util),
          memoryMiB: Number(c.memory) < 0 ? null : Number(c.memory),
          cardMemoryMiB: null,
          shared: Number(c.util) > 50,
        });
      case 'requeue':
        return storage.requeue(other, {
          exitCode: null,
          reason: 'gone',
          cause: c.keep ? 'lost' : 'failed',
          finishedAtMs: 1,
          keepSteps: Boolean(c.keep),
          forget: c.forget ? ['accuracy', 'nothing'] : [],
        });
      case 'reopen':
        return storage.reopen(trial, Boolean(c.keep));
      case 'objective': {
        const [before, now] = [this.objective, String(c.name)];
        this.objective = now;
        return changeObjective(storage, this.studyId, before, now);
      }
      case 'reclaim': {
        const by = c.leased ? newAttempt('b') : null;
        const opening = { attempt: by, asker: c.leased ? null : 'b', startedAtMs: 3 };
        return this.#keep(await storage.restart(trial, { fromAsker: String(c.owner), ...opening }));
      }
      case 'adopt':
        return storage.takeOverAttempt(other, 'a', 'b');
      case 'separate': {
        const uid = c.known ? await uidOf(storage, this.studyId) : 'another';
        const ended = {
          exitCode: null,
          reason: 'of the original',
          cause: 'interrupted' as const,
          finishedAtMs: 1,
        };
        const separated = await storage.separateCopy(this.studyId, uid ?? '', ended);
        const isNew = separated !== null && separated.uid !== uid;
        return [separated?.requeued, isNew, separated?.uid === (await uidOf(storage, this.studyId))];
      }
      case 'stop':
        return c.wanted ? storage.requestStop(other, true) : storage.requestStop(other, false);
      default:
        throw new Error(`no command is called ${c.do}`);
    }
  }
}
