import type { Distribution, Params } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import { makeRng } from '../../core/rng.js';
import { makeSpace, type ParamSpec, resolve, type Space } from '../../core/space.js';
import type { Attrs } from '../../core/trial.js';
import type { FirstTrial, OpenedTrial } from '../../storage/storage.js';
import { orRelease, untilKept } from './ask.js';
import type { AskContext } from './ask-context.js';
import { type Exhausted, proposeNew } from './propose.js';
import { toSuggest } from './proposed-point.js';
import { fullness } from './trial-limit.js';

/**
 * Opens the first trial of a new configuration of a define-by-run study. Only a limit ends such a search, since nobody
 * knows which parameters trials will ask for.
 */
export async function askToSuggest(study: AskContext, trial: FirstTrial): Promise<OpenedTrial | Exhausted> {
  const space = await study.learntSpace();
  const refusal = space.params.length > 0 ? study.sampler.refuse?.(space) : null;
  if (refusal) throw refusal;
  return untilKept(() => askReserved(study, space, trial));
}

async function askReserved(
  study: AskContext,
  space: Space,
  trial: FirstTrial,
): Promise<OpenedTrial | Exhausted> {
  const { reservation, index } = await study.storage.reserveIndex(study.id, study.owner);
  const { params, attrs } = await propose(study, space, reservation, index);
  const filled = toSuggest({ key: String(index), proposed: params, attrs });
  const opened = await study.storage.commitConfiguration({ reservation }, filled, trial);
  const full = opened ? null : await fullness(study, trial.limit);
  if (full) await study.storage.releaseIndices(study.id, { reservation });
  if (full) return full;
  if (!opened) throw new Error(`expected configuration ${index} to be new, but another one has its key`);
  return opened;
}

async function propose(
  study: AskContext,
  space: Space,
  reservation: number,
  index: number,
): Promise<{ params: Params; attrs: Attrs }> {
  if (space.params.length === 0) return { params: {}, attrs: {} };
  const history = await study.history();
  const found = await orRelease(study, reservation, () => proposeNew(study, history, index, 0));
  if (!('exhausted' in found)) return { params: found.resolved.params, attrs: found.attrs };
  const rng = makeRng(study.seed, 'again', index);
  const { params } = resolve(space, ({ distribution }) => drawUniform(distribution, rng));
  return { params, attrs: {} };
}

/** Returns the space with these parameters added or widened; the same object when they change nothing. */
export function withNamed(space: Space, named: readonly Pick<ParamSpec, 'name' | 'distribution'>[]): Space {
  const params = new Map(space.params.map((spec) => [spec.name, spec]));
  let changed = false;
  for (const { name, distribution } of named) {
    const before = params.get(name)?.distribution;
    const after = before ? widened(before, distribution) : distribution;
    if (after === before) continue;
    params.set(name, { name, distribution: after });
    changed = true;
  }
  return changed ? makeSpace([...params.values()], space.constraints) : space;
}

/**
 * Returns a distribution that holds the values of both where their steps allow it, else the newer one. Returns the older
 * object itself when it holds all of them.
 */
function widened(before: Distribution, now: Distribution): Distribution {
  if (before.kind === 'categorical' || now.kind === 'categorical') return before;
  if (before.kind === now.kind && before.step === now.step && (before.step === null || before.step === 1)) {
    if (before.low <= now.low && before.high >= now.high) return before;
    const low = Math.min(before.low, now.low);
    const high = Math.max(before.high, now.high);
    return before.kind === 'float' ? { ...before, low, high } : { ...before, low, high };
  }
  return JSON.stringify(before) === JSON.stringify(now) ? before : now;
}
