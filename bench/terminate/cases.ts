import { type Problem, problems } from '../search/problems.js';

/** A problem, the number of repeats of each configuration, and the minimum of the problem. */
export type Case = {
  readonly name: string;
  readonly problem: Problem;
  readonly repeats: number;
  readonly optimum: number;
};

const OPTIMA = {
  branin: 0.397887,
  hartmann6: -3.32237,
  rosen10: 0,
  ackley8: 0,
  rastrigin5: 0,
  mixed6: 0,
  conditional: 0.1,
  lattice8: 0,
  noisy6: 0,
} as const;

function make(
  of: keyof typeof OPTIMA,
  { noise, repeats = 1 }: { noise?: number; repeats?: number } = {},
): Case {
  const found = problems.find(({ name }) => name === of);
  if (!found) throw new Error(`no problem ${of}`);
  const problem = noise === undefined ? found : { ...found, noise };
  const words = [of, problem.noise > 0 ? `noise ${problem.noise}` : '', repeats > 1 ? `x ${repeats}` : ''];
  return { name: words.filter(Boolean).join(', '), problem, repeats, optimum: OPTIMA[of] };
}

export const cases: readonly Case[] = [
  make('branin'),
  make('hartmann6'),
  make('mixed6'),
  make('conditional'),
  make('lattice8'),
  make('rosen10'),
  make('ackley8'),
  make('rastrigin5'),
  make('noisy6'),
  make('noisy6', { repeats: 3 }),
  make('branin', { noise: 0.1 }),
  make('mixed6', { noise: 0.1 }),
  make('conditional', { noise: 0.1 }),
];
