import { HpoError, messageOf } from '../core/errors.js';
import { shownValue } from '../core/shown-value.js';
import type { SamplerEntry } from './registry.js';
import type { CustomSampler, Proposal } from './sampler.js';

/** Returns the registry entry of a user's own sampler. It may look at results, and is taken to be endless. */
export function customSamplerEntry(name: string): SamplerEntry {
  return {
    // A path is known by its file name.
    name: name.slice(name.lastIndexOf('/') + 1),
    summary: 'a custom sampler',
    endless: true,
    objectives: 'many',
    reads: 'results',
    transfers: true,
    options: {},
    load: () => Promise.reject(new Error(`the sampler ${name} is an object, and is not loaded`)),
  };
}

/** Whether a value has the shape of a sampler. */
export function isSampler(value: unknown): value is CustomSampler {
  return (
    typeof value === 'object' && value !== null && 'sample' in value && typeof value.sample === 'function'
  );
}

/** Returns the sampler with checks: what it throws, and what is not a proposal, become errors that name it. */
export function guardedSampler(name: string, sampler: CustomSampler): CustomSampler {
  return {
    async sample(space, view, at) {
      let proposal: unknown;
      try {
        proposal = await sampler.sample(space, view, at);
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
  throw new HpoError(
    'sampler.bad-proposal',
    `expected { params: {...} } or { exhausted: 'why' } from the sampler ${name}, got ${shownValue(proposal)}`,
  );
}
