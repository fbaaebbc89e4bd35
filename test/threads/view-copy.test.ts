import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import {
  type Difference,
  packed,
  type ViewChange,
  ViewCopy,
  ViewDifference,
} from '../../src/threads/view-copy.js';
import { config, viewOf } from '../samplers/support.js';

const spaces = [1, 2].map((high) => makeSpace([{ name: 'x', distribution: float(0, high) }]));
const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -0, Number.NEGATIVE_INFINITY));

/** Configurations that later views pick from, so that views share some of them. */
const pool = fc.array(
  fc.record({ value: number, steps: fc.array(fc.tuple(fc.nat(50), number), { maxLength: 4 }) }),
  { minLength: 1, maxLength: 12 },
);
const picks = fc.array(
  fc.record({
    configs: fc.array(fc.nat(11), { maxLength: 12 }),
    space: fc.nat(1),
    maxSteps: fc.constantFrom(null, 9),
    mode: fc.constantFrom('search', 'may ask', 'may not ask'),
  }),
  { minLength: 1, maxLength: 8 },
);

test('a copy is every view that it is sent, and keeps the object of each configuration that stays', () => {
  fc.assert(
    fc.property(pool, picks, (made, views) => {
      const configs = made.map(({ value, steps }, k) => config(k, { x: k }, { value, steps }));
      const [difference, copy] = [new ViewDifference(), new ViewCopy()];
      const before: { config: ConfigView; held: ConfigView }[] = [];
      for (const { configs: chosen, space: at, maxSteps, mode } of views) {
        const own = chosen.flatMap((k) => configs[k] ?? []);
        const base: StudyView = { ...viewOf(own), maxSteps };
        const flags = { resumable: true, canAsk: mode === 'may ask', canExploit: false };
        const view = mode === 'search' ? base : { ...base, ...flags };
        const space = spaces[at] as (typeof spaces)[number];
        const seen = copy.change(sent(difference.to({ space, view })));
        expect(seen).toStrictEqual({ space, view });
        // The same view again: whoever remembers what came of it finds it by its object.
        expect(copy.change(sent(difference.to({ space, view }))).view).toBe(seen.view);
        for (const [k, each] of own.entries()) {
          const held = seen.view.configs[k] as ConfigView;
          if (before[k]?.config === each) expect(held).toBe(before[k]?.held);
          before[k] = { config: each, held };
        }
        before.length = own.length;
      }
    }),
  );
});

test('only what is new is sent', () => {
  const configs = Array.from({ length: 500 }, (_, k) => config(k, { x: k }, { value: k }));
  const [space] = spaces as [(typeof spaces)[number]];
  const difference = new ViewDifference();
  expect(difference.to({ space, view: viewOf(configs) }).configs).toHaveLength(500);
  const next = [...configs, config(500, { x: 500 })];
  next[7] = config(7, { x: 7 }, { value: 1 });
  const change = difference.to({ space, view: viewOf(next) });
  expect(change.configs.map(([position]) => position)).toEqual([7, 500]);
  expect(change).toMatchObject({ count: 501, space: null });
});

test('parts that arrive before a change belong to it', () => {
  const [space] = spaces as [(typeof spaces)[number]];
  const [difference, copy] = [new ViewDifference(), new ViewCopy()];
  const first = viewOf([config(0, { x: 0 }), config(1, { x: 1 })]);
  copy.change(sent(difference.to({ space, view: first })));
  const second = viewOf([config(0, { x: 0 }, { value: 3 }), ...first.configs.slice(1), config(2, { x: 2 })]);
  const change = sent(difference.to({ space, view: second }));
  copy.note(change.configs.slice(0, 1));
  expect(copy.change({ ...change, configs: change.configs.slice(1) })).toStrictEqual({ space, view: second });
});

/** As a message passes it on. */
function sent(difference: Difference): ViewChange {
  return structuredClone({ ...difference, configs: packed(difference.configs) });
}
