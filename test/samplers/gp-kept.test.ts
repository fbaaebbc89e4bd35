import { expect, test } from 'vitest';
import { type Data, negativeLogPosterior } from '../../src/samplers/gp/log-posterior.js';
import { Posterior } from '../../src/samplers/gp/posterior.js';
import { priorsOf } from '../../src/samplers/gp/priors.js';
import { Room } from '../../src/samplers/gp/room.js';
import { warp } from '../../src/samplers/gp/warp.js';
import { example, theta } from './gp-example.js';

// What is kept from one computation to the next changes no digit.

test('computes the same in a room that was used for other rows', () => {
  const room = new Room();
  const priors = priorsOf(3);
  const densityOf = (data: Data, place: Room) => {
    const f = negativeLogPosterior(data, priors, place);
    const gradient = new Float64Array(7);
    return [f.value(theta), f.differentiate(theta, gradient), ...gradient];
  };
  // More rows, fewer, one changed in the middle, and many more than there was room for.
  const { data } = example(30);
  const changed = { ...data, rows: data.rows.with(4 * 11 + 1, 0.123) };
  for (const each of [example(8).data, example(20).data, example(12).data, data, changed, example(90).data])
    expect(densityOf(each, room)).toEqual(densityOf(each, new Room()));
});

test('has the same derivatives at the row of its last prediction and at any other', () => {
  const { data } = example(21);
  const { z } = warp(data.u, 1);
  const make = () => new Posterior(theta, data, z, new Float64Array(data.n).fill(0.05));
  const derivatives = (posterior: Posterior, row: Float64Array) => {
    const [byMean, byDeviation] = [new Float64Array(3), new Float64Array(3)];
    return [posterior.differentiate(row, byMean, byDeviation), [...byMean], [...byDeviation]];
  };
  const rows = [Float64Array.from([0.2, 0.4, 0.6, 1]), Float64Array.from([0.2, 0.5, 0.6, 1])] as const;
  const expected = rows.map((row) => derivatives(make(), row));
  const posterior = make();
  posterior.predict(rows[0]);
  expect(derivatives(posterior, rows[1])).toEqual(expected[1]);
  expect(derivatives(posterior, rows[1])).toEqual(expected[1]);
  posterior.predict(rows[0]);
  expect(derivatives(posterior, rows[0])).toEqual(expected[0]);
  posterior.predict(rows[0]);
  posterior.mean(rows[1]);
  expect(derivatives(posterior, rows[0])).toEqual(expected[0]);
  posterior.predictUnless(rows[1], () => true);
  expect(derivatives(posterior, rows[0])).toEqual(expected[0]);
});
