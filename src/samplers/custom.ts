import { HpoError, messageOf } from '../core/errors.js';
import type { SamplerEntry } from './registry.js';
import type { Proposal, Sampler } from './sampler.js';

/** Returns the registry entry of a user's own sampler. It may look at results, and is taken to be endless. */
export function customSamplerEntry(name: string, sampler: Sampler): SamplerEntry {
  return {
    // A path is known by its file name.
    name: name.slice(name.lastIndexOf('/') + 1),
    summary: 'a custom sampler',
    endless: true,
    objectives: 'many',
    reads: 'results',
    options: {},
    load: async () => () => sampler,
  };
}

/** Whether a value has the shape of a sampler. */
export function isSampler(value: unknown): value is Sampler {
  return (
    typeof value === 'object' && value !== null && 'sample' in value && typeof value.sample === 'function'
  );
}

/** Returns the sampler with checks: what it throws, and what is not a proposal, become errors that name it. */
export function guardedSampler(name: string, sampler: Sampler): Sampler {
  return {
    sample(space, view, at) {
      let proposal: unknown;
      try {
        proposal = sampler.sample(space, view, at);
      } catch (cause) {
        if (cause instanceof HpoError) throw cause;
        const message = messageOf(cause);
        throw new HpoError(
          'sampler.threw',
          `the sampler ${name} threw at configuration ${at.index}: ${message}`,
          {
            cause,
          },
        );
      }
      return checked(name, proposal);
    },
    ...(sampler.refuse && { refuse: (space) => sampler.refuse?.(space) ?? null }),
  };
}

function checked(name: string, proposal: unknown): Proposal {
  if (typeof proposal === 'object' && proposal !== null) {
    if ('exhausted' in proposal && typeof proposal.exhausted === 'string')
      return { exhausted: proposal.exhausted };
    if ('params' in proposal && typeof proposal.params === 'object' && proposal.params !== null)
      return proposal as Proposal;
  }
  const got = proposal instanceof Promise ? 'a promise (it must be synchronous)' : JSON.stringify(proposal);
  throw new HpoError(
    'sampler.bad-proposal',
    `expected { params: {...} } or { exhausted: 'why' } from the sampler ${name}, got ${got}`,
  );
}
