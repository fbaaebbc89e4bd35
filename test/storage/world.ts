import { categorical, type Params } from '../../src/core/distribution.js';
import { HpoError } from '../../src/core/errors.js';
import type { FinishedState } from '../../src/core/trial.js';
import type { OpenedTrial, Storage } from '../../src/storage/storage.js';
import { type Command, LAST_STEP } from './command.js';
import { countOf, uidOf, waitingIn } from './lookups.js';
import { changeObjective } from './other-objective.js';
import { ending, filled, newAttempt, newTrial } from './support.js';

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
          remarks: { attrs: { source: Number(c.value) }, note: k === 0 ? 'imported' : null, tags: ['past'] },
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
            attempt: {
              ...newAttempt(String(c.owner), Number(c.startedAtMs)),
              targetStep: (number) => (c.owner === 'a' ? null : 2 * number + 1),
            },
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
          pausedAt: Number(c.pausedAt ?? -1) < 0 ? null : Number(c.pausedAt),
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
        const startedAtMs = c.keep ? null : 3;
        const opening = { attempt: by, asker: c.leased ? null : 'b', startedAtMs };
        return this.#keep(await storage.restart(trial, { fromAsker: String(c.owner), ...opening }));
      }
      case 'adopt':
        return storage.takeOverAttempt(other, 'a', 'b');
      case 'choices': {
        const [study] = await storage.listStudies();
        const choices = { [String(c.name)]: JSON.parse(String(c.choices)) };
        return storage.updateStudy(this.studyId, study?.spec ?? null, { choices });
      }
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
      case 'control': {
        const { revision } = await storage.readControl(this.studyId);
        return storage.writeControl(this.studyId, { paused: c.paused as boolean }, revision + Number(c.off));
      }
      case 'note': {
        const [addTags, removeTags] = c.adds ? [[c.tag as string], []] : [[], [c.tag as string]];
        const note = c.text === '"' ? null : (c.text as string);
        const hidden = c.tag === 'b' ? null : (c.adds as boolean);
        return storage.annotate(this.studyId, c.trial as number, { note, addTags, removeTags, hidden });
      }
      default:
        throw new Error(`no command is called ${c.do}`);
    }
  }
}
