import { describe, expect, test } from 'vitest';
import { categorical, type Distribution } from '../../src/core/distribution.js';
import { makeAxis as makeModelAxis } from '../../src/core/encoding/axis.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { makeCoordinate } from '../../src/samplers/coordinate.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { makeAxis } from '../../src/samplers/tpe/axis.js';
import { config, freeze, loadSampler, viewOf } from './support.js';

const WORDS = ['nano', 'micro', 'tiny', 'small', 'medium', 'large', 'huge', 'giant', 'titanic'];
const ordered = categorical(WORDS, { ordered: true });

test('the places of ordered words are numbers in the order in which they are written', () => {
  const coordinate = makeCoordinate(ordered);
  const places = WORDS.map((word) => coordinate?.encode(word) as number);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(WORDS.map((_, k) => coordinate?.decode(places[k] as number))).toEqual(WORDS);
  expect(WORDS.map(makeModelAxis('size', ordered).encode)).toEqual(WORDS.map((_, k) => k / 8));
  expect(makeAxis(ordered)).toMatchObject({ kind: 'level', scale: { bounds: { length: 10 } } });
});

/** How often the best of two words that were not tried is proposed: its neighbors did well, those of the other one badly. */
function shareOfBest(sampler: Sampler, distribution: Distribution): number {
  const space = freeze(
    makeSpace([
      { name: 'size', distribution },
      { name: 'other', distribution: categorical(WORDS) },
    ]),
  );
  const tried = WORDS.filter((word) => word !== 'large' && word !== 'nano').flatMap((word) => [word, word]);
  const configs = tried.map((size, k) =>
    config(k, { size, other: WORDS[k % 9] as string }, { value: Math.abs(WORDS.indexOf(size) - 5) ** 2 }),
  );
  const view = viewOf(configs);
  const found = Array.from({ length: 60 }, (_, k) =>
    sampler.sample(space, view, { index: configs.length, rng: makeRng(k, 'ask') }),
  );
  return found.filter((each) => 'params' in each && each.params.size === 'large').length / 60;
}

describe.each(['gp', 'tpe'])('the sampler %s', async (name) => {
  const sampler = await loadSampler(name);
  test('proposes a word between two good ones more often where the words have an order', () => {
    expect(shareOfBest(sampler, ordered)).toBeGreaterThan(shareOfBest(sampler, categorical(WORDS)) + 0.1);
  });
});
