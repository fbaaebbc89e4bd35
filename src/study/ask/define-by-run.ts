import type { Distribution, Params } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import { makeRng } from '../../core/rng.js';
import { makeSpace, type ParamSpec, resolve, type Space } from '../../core/space.js';
import type { Attrs } from '../../core/trial.js';
import type { ConfigRecord, FilledConfig, FirstTrial, OpenedTrial } from '../../storage/storage.js';
import type { Study } from '../study.js';
import { type Exhausted, findNew, fullness, orRelease } from './ask.js';

// A study whose objective names its parameters as it runs. Its space is what has been named so far; each new
// configuration is a point of the whole of it, of which its trials take what they ask for.

const PROPOSED = 'proposed';
const FIXED = 'fixed';

/** The point that a configuration's trials take their values from; null where they are given all of it. */
export function proposedFor({ attrs }: Pick<ConfigRecord, 'attrs'>): Params | null {
  return (attrs[PROPOSED] as Params | undefined) ?? null;
}

/** Names of the values that someone has enqueued. */
export function fixedFor({ attrs }: Pick<ConfigRecord, 'attrs'>): readonly string[] {
  return (attrs[FIXED] as readonly string[] | undefined) ?? [];
}

/** A configuration that has no parameters of its own yet. `key`: no other one of the study has it. */
export function toSuggest(
  key: string,
  proposed: Params,
  fixed: readonly string[],
  attrs: Attrs,
): FilledConfig {
  return {
    params: {},
    forced: {},
    key: `#${key}`,
    distributions: {},
    attrs: { ...attrs, [PROPOSED]: proposed, ...(fixed.length > 0 && { [FIXED]: fixed }) },
  };
}

/** Opens the first trial of a new configuration: only a limit ends it, since nobody knows what trials will ask for. */
export async function askToSuggest(study: Study, trial: FirstTrial): Promise<OpenedTrial | Exhausted> {
  const space = await study.learntSpace();
  const refusal = space.params.length > 0 ? study.sampler.refuse?.(space) : null;
  if (refusal) throw refusal;
  const { configId, index } = await study.storage.reserveIndex(study.id, study.owner);
  const { params, attrs } = await propose(study, space, configId, index);
  const filled = toSuggest(String(index), params, [], attrs);
  const opened = await study.storage.commitConfiguration(configId, filled, trial);
  const full = opened ? null : await fullness(study, trial.limit);
  if (full) await study.storage.releaseIndex(configId);
  if (full) return full;
  if (!opened) throw new Error(`expected that configuration ${index} is new, but another one has its key`);
  return opened;
}

async function propose(
  study: Study,
  space: Space,
  configId: number,
  index: number,
): Promise<{ params: Params; attrs: Attrs }> {
  if (space.params.length === 0) return { params: {}, attrs: {} };
  const known = await study.history();
  const found = await orRelease(study, configId, () => findNew(study, known, index, 0));
  if (!('exhausted' in found)) return { params: found.resolved.params, attrs: found.attrs };
  const rng = makeRng(study.seed, 'again', index);
  const { params } = resolve(space, ({ distribution }) => drawUniform(distribution, rng));
  return { params, attrs: {} };
}

/** The space with what has been named since; the same object when that is nothing new. */
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

/** One that has the values of both where steps allow it, else the newer one. The older one itself when it has all. */
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
