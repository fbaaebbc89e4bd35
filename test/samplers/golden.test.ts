import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { categorical, float, int } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { samplers } from '../../src/samplers/registry.js';
import { config, loadSampler, viewOf } from './support.js';

// A study that was stopped must go on as it would have, also after hpo was updated. So a proposal changes only where the search
// was changed on purpose; then write the new ones with `npx vitest run test/samplers/golden.test.ts -u`.

const PLAIN = makeSpace([
  { name: 'rate', distribution: float(1e-5, 0.1, { log: true }) },
  { name: 'width', distribution: int(1, 300) },
  { name: 'layers', distribution: int(1, 64, { log: true }) },
  { name: 'size', distribution: categorical([16, 32, 64]) },
  { name: 'opt', distribution: categorical(['sgd', 'adam', 'rmsprop']) },
  { name: 'momentum', distribution: float(0, 0.9, { step: 0.1 }), when: { opt: 'sgd' } },
]);
const FINITE = makeSpace([
  { name: 'width', distribution: int(1, 8) },
  { name: 'opt', distribution: categorical(['sgd', 'adam', 'rmsprop']) },
]);

/** Short of the digits in which machines differ. */
function digest(proposals: readonly unknown[]): string {
  const text = JSON.stringify(proposals, (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(9)) : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function proposals(name: string): Promise<string> {
  const sampler = await loadSampler(name);
  const space = sampler.refuse?.(PLAIN) ? FINITE : PLAIN;
  const configs: ConfigView[] = [];
  const all: unknown[] = [];
  for (let index = 0; index < 24; index++) {
    const made = sampler.sample(space, viewOf(configs), { index, rng: makeRng(3, 'golden', index) });
    if ('exhausted' in made) break;
    all.push(made.params);
    const { width, rate = 0.01 } = made.params as { width: number; rate?: number };
    const value = Math.log(rate / 0.003) ** 2 + (width / 100) ** 2;
    configs.push({ ...config(index, made.params, { value }), attrs: made.attrs ?? {} });
  }
  return digest(all);
}

describe('the proposals of every sampler stay the same from one version to the next', () => {
  test('without a prior', async () => {
    const found = await Promise.all(samplers.map(async ({ name }) => [name, await proposals(name)]));
    expect(Object.fromEntries(found)).toMatchInlineSnapshot(`
      {
        "auto": "218664d50718",
        "cmaes": "299194de38ff",
        "gp": "218664d50718",
        "grid": "83c27a206a78",
        "nsga2": "0586e7d1853d",
        "qmc": "c7535b5cd985",
        "random": "cc1399af50df",
        "tpe": "1a1f5e6b78d9",
      }
    `);
  });
});
