import { HpoError, messageOf } from '../core/errors.js';
import type { SamplerEntry } from './registry.js';
import type { Proposal, Sampler } from './sampler.js';

/** A sampler of the user's own. It may look at results and never ends by itself, as far as anybody knows. */
export function customSamplerEntry(name: string, sampler: Sampler): SamplerEntry {
  return {
    // Of a path what people call it by.
    name: name.slice(name.lastIndexOf('/') + 1),
    summary: 'of your own',
    endless: true,
    objectives: 'many',
    options: {},
    load: async () => () => sampler,
  };
}

/** Whether something has the shape of a sampler. */
export function isSampler(value: unknown): value is Sampler {
  return (
    typeof value === 'object' && value !== null && 'sample' in value && typeof value.sample === 'function'
  );
}

/** The sampler, whose mistakes are told as its own: what it throws, and what is no proposal. */
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
