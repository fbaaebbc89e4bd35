import { randomUUID } from 'node:crypto';
import type { Params } from '../../core/distribution.js';
import { printableLine } from '../../core/printable.js';
import type { Objective } from '../../core/spec.js';
import { bestIn } from '../../results/ranking.js';
import type { SweepEvent } from '../../study/events.js';
import { BestSoFar, type Result } from '../best-so-far.js';
import { numberText, paramsText } from '../event-messages.js';
import type { StudyInfo } from '../study-reader.js';
import type { Notified } from './options.js';

/** Version of the format. It changes when a field is renamed, removed or redefined, not when one is added. */
const VERSION = 1;

/** What a webhook and a command receive. Null: it does not apply to the event. */
export type Notification = {
  readonly version: number;
  readonly event: Notified;
  /** Random; the same when the notification is sent again. */
  readonly id: string;
  /** In UTC. */
  readonly at: string;
  readonly study: string;
  readonly objectives: readonly Pick<Objective, 'metric' | 'direction'>[];
  /** A sentence for people. */
  readonly text: string;
  readonly trial: number | null;
  readonly params: Params | null;
  /** `complete`, `pruned` or `fail`. */
  readonly state: string | null;
  /** One for each objective: of the trial, or where it is improved, the mean of the configuration's repeats. */
  readonly values: readonly number[] | null;
  readonly reason: string | null;
  /** Why the sweep ended, and details; finished only. */
  readonly end: string | null;
  readonly detail: string | null;
  /** How many trials of this sweep ended so. */
  readonly trials: { readonly complete: number; readonly pruned: number; readonly fail: number };
  /** The best so far by the first objective. */
  readonly best: { readonly trial: number; readonly values: readonly number[] } | null;
};

type About = Partial<
  Pick<Notification, 'trial' | 'params' | 'state' | 'values' | 'reason' | 'end' | 'detail'>
>;

/** Turns the events of one sweep into notifications. */
export class Notifications {
  readonly #study: Pick<StudyInfo, 'name' | 'spec'>;
  readonly #on: ReadonlySet<Notified>;
  readonly #now: () => number;
  readonly #best: BestSoFar;
  /** Of trials that run. */
  readonly #params = new Map<number, Params>();
  readonly #counts = { complete: 0, pruned: 0, fail: 0 };

  constructor(
    study: Pick<StudyInfo, 'name' | 'spec' | 'progress'>,
    on: readonly Notified[],
    now: () => number,
  ) {
    const { spec, progress } = study;
    this.#study = study;
    this.#on = new Set(on);
    this.#now = now;
    this.#best = new BestSoFar({ ...progress, objectives: spec.objectives, repeats: spec.repeats });
  }

  /** Returns the wanted notifications of an event. */
  note(event: SweepEvent): Notification[] {
    const improved = this.#best.note(event);
    if (event.type === 'trial-started') this.#params.set(event.trial, event.params);
    if (event.type === 'sweep-finished') {
      const { end, detail } = event;
      return this.#make('finished', `sweep ended (${end}): ${this.#countsText()}${this.#bestText()}`, {
        end,
        detail,
      });
    }
    if (event.type !== 'trial-finished') return [];
    const { trial, state, values, reason } = event;
    const params = this.#params.get(trial) ?? null;
    this.#params.delete(trial);
    this.#counts[state]++;
    const about = { trial, params, state, values, reason };
    const with_ = params === null ? '' : `: ${paramsText(params)}`;
    const why = reason === null ? '' : `: ${reason}`;
    const value = values === null ? '' : ` with ${values.map(numberText).join(', ')}`;
    return [
      ...this.#make('trial-finished', `trial ${trial} ${state.toUpperCase()}${value}${why}`, about),
      ...(state === 'fail' ? this.#make('failed', `trial ${trial} failed${why}`, about) : []),
      ...(improved === null
        ? []
        : this.#make('improved', `trial ${trial} ${this.#gainText(improved)}${with_}`, {
            ...about,
            values: improved.values,
          })),
    ];
  }

  #make(event: Notified, text: string, about: About): Notification[] {
    if (!this.#on.has(event)) return [];
    const { name, spec } = this.#study;
    const best = this.#bestResult();
    return [
      {
        version: VERSION,
        event,
        id: randomUUID(),
        at: new Date(this.#now()).toISOString(),
        study: name,
        objectives: spec.objectives.map(({ metric, direction }) => ({ metric, direction })),
        text: printableLine(`${name}: ${text}`),
        ...{ trial: null, params: null, state: null, values: null, reason: null, end: null, detail: null },
        ...about,
        trials: { ...this.#counts },
        best: best && { trial: best.trials[0]?.number ?? 0, values: best.values ?? [] },
      },
    ];
  }

  #bestResult(): Result | null {
    const directions = this.#study.spec.objectives.map(({ direction }) => direction);
    return bestIn(this.#best.found, 0, directions) ?? null;
  }

  /** Returns `improved loss to 0.12`, or with several objectives `joined the Pareto front with loss=0.12 size=3`. */
  #gainText({ values }: Result): string {
    const names = this.#study.spec.objectives.map(({ metric }) => metric);
    if (names.length === 1) return `improved ${names[0]} to ${numberText(values?.[0] ?? Number.NaN)}`;
    const all = names.map((name, k) => `${name}=${numberText(values?.[k] ?? Number.NaN)}`);
    return `joined the Pareto front with ${all.join(' ')}`;
  }

  #countsText(): string {
    const { complete, pruned, fail } = this.#counts;
    return `${complete} complete, ${pruned} pruned, ${fail} failed`;
  }

  #bestText(): string {
    const best = this.#bestResult();
    if (best === null) return '';
    const metric = this.#study.spec.objectives[0]?.metric;
    return `; best ${metric}=${numberText(best.values?.[0] ?? Number.NaN)} (trial ${best.trials[0]?.number})`;
  }
}

/** Returns the fields of a notification as texts, by names such as `trial` and `best_value`; empty where there is none. */
export function textsOf(notification: Notification): Record<string, string> {
  const { best, values, params, trials, event, id, at, study, text, trial, state, reason, end, detail } =
    notification;
  const plain = { event, id, at, study, text, trial, state, reason, end, detail };
  return {
    ...Object.fromEntries(
      Object.entries(plain).map(([name, value]) => [name, value === null ? '' : String(value)]),
    ),
    value: values === null ? '' : values.map(String).join(','),
    params: params === null ? '' : JSON.stringify(params),
    complete: String(trials.complete),
    pruned: String(trials.pruned),
    failed: String(trials.fail),
    best_trial: best === null ? '' : String(best.trial),
    best_value: best === null ? '' : best.values.map(String).join(','),
  };
}
