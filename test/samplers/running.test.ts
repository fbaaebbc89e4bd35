import { expect, test } from 'vitest';
import { float, type Params } from '../../src/core/distribution.js';
import { areNear } from '../../src/core/nearness.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import type { ConfigView } from '../../src/core/study-view.js';
import { config, loadSampler, viewOf } from './support.js';

const space = makeSpace(['x', 'y'].map((name) => ({ name, distribution: float(-5, 5) })));
/** So steep that a search soon proposes points close to the best one alone. */
const steep = ({ x, y }: Params) => 1e3 * (Number(x) - 1) ** 2 + 1e3 * (Number(y) + 2) ** 2;

test.each(['gp', 'tpe', 'auto'])(
  '%s proposes nothing that is nearly the same as a running trial',
  async (name) => {
    const sampler = await loadSampler(name);
    const rng = makeRng(1, 'ends');
    const configs: ConfigView[] = [];
    const running: number[] = [];
    let best = Number.POSITIVE_INFINITY;
    for (let index = 0; index < 90; index++) {
      const proposal = sampler.sample(space, viewOf(configs), { index, rng: makeRng(1, 'ask', index) });
      if ('exhausted' in proposal) throw new Error(proposal.exhausted);
      const { params, attrs = {} } = proposal;
      expect(running.filter((at) => areNear(space, params, configs[at]?.params ?? {}))).toEqual([]);
      configs.push({ ...config(index, params, { state: 'running' }), attrs });
      running.push(index);
      if (running.length < 16) continue;
      const [at = 0] = running.splice(rng.int(running.length), 1);
      const ended = configs[at] as ConfigView;
      best = Math.min(best, steep(ended.params));
      configs[at] = { ...config(at, ended.params, { value: steep(ended.params) }), attrs: ended.attrs };
    }
    expect(best).toBeLessThan(50);
  },
);
