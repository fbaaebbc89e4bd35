import { describe, expect, it } from 'vitest';
import { load, mistakes, own } from './files.js';

const THREE = `parameters:
  m: { min: 1, max: 10, int: true }
  n: { min: 1, max: 10, int: true }
  opt: [sgd, adam]
constraints:
`;
const constraints = async (lines: string) => (await load(own(THREE + lines))).spec.space.constraints;
const wrong = (lines: string) => mistakes(own(THREE + lines));

describe('constraints between parameters', () => {
  it('compare with a parameter, and limit a sum or a product', async () => {
    expect(
      await constraints(`  - forbid: { n: { lt: { param: m }, gt: 2 }, opt: sgd }
  - forbid: { n: { param: m } }
  - forbid: { n: { not: { param: m } }, opt: adam }
  - { sum: [m, n], max: 18 }
  - { product: [m, n], min: 2, max: 50 }
`),
    ).toEqual([
      { kind: 'forbid', forbid: { n: { lt: { param: 'm' }, gt: 2 }, opt: 'sgd' } },
      { kind: 'forbid', forbid: { n: { param: 'm' } } },
      { kind: 'forbid', forbid: { n: { not: { param: 'm' } }, opt: 'adam' } },
      { kind: 'sum', params: ['m', 'n'], min: null, max: 18 },
      { kind: 'product', params: ['m', 'n'], min: 2, max: 50 },
    ]);
  });

  it('name an unknown parameter at its place', async () => {
    expect(
      await wrong(`  - forbid: { n: { lt: { param: mm } } }
  - forbid: { nn: { param: m } }
  - { sum: [m, nn], max: 18 }
  - { product: [opt, n], max: 18 }
`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:8:33 error[config.unknown-parameter]: expected the name of a parameter, got mm
        fix: use one of m, n, opt
      sweep.yaml:9:15 error[config.unknown-parameter]: expected the name of a parameter, got nn
        fix: use one of m, n, opt
      sweep.yaml:10:16 error[config.unknown-parameter]: expected the name of a parameter, got nn
        fix: use one of m, n, opt
      sweep.yaml:11:17 error[config.bad-constraint]: expected parameters of numbers, but opt has words
        fix: leave opt out"
    `);
  });

  it('are refused where they mean nothing', async () => {
    expect(
      await wrong(`  - forbid: { n: { lt: { param: opt } } }
  - forbid: { n: { lt: { param: n } } }
  - forbid: { n: { param: m, lt: 3 } }
  - { sum: [m, n] }
  - { sum: [m, m], max: 3 }
  - { sum: [m], product: [n], max: 3 }
  - { product: [m, n], min: 4, max: 3 }
  - { when: { opt: sgd }, max: 3 }
`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:8:33 error[config.bad-constraint]: expected two parameters of numbers to compare with lt, but opt has others
        fix: write not: {param: NAME}, or {param: NAME} for equal values
      sweep.yaml:9:33 error[config.bad-constraint]: expected another parameter than n, got itself
      sweep.yaml:10:18 error[config.bad-constraint]: expected param alone or comparisons, got both
        fix: write lt: {param: NAME}, le, gt, ge or not
      sweep.yaml:11:5 error[config.bad-constraint]: expected a limit of the sum, got none
        fix: add \`max: NUMBER\`, \`min: NUMBER\` or both
      sweep.yaml:12:16 error[config.bad-constraint]: expected each parameter once, got m twice
        fix: remove one
      sweep.yaml:13:5 error[config.bad-constraint]: expected {sum, min, max} alone, got sum and product and max
        fix: split it into several constraints
      sweep.yaml:14:37 error[config.bad-constraint]: expected max to be at least min, got 4 and 3
        fix: exchange them
      sweep.yaml:15:5 error[config.bad-constraint]: expected {when, set}, {forbid}, {sum, max} or {product, max}, got when and max
        fix: remove min and max"
    `);
  });

  it('that leave nothing are refused, at the one that excludes the last configuration', async () => {
    expect(
      await wrong(`  - { sum: [m, n], max: 5 }
  - forbid: { opt: sgd }
  - { product: [m, n], min: 7 }
  - forbid: { n: 3 }
`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:10:5 error[config.infeasible]: expected constraints that can be kept together, but no configuration keeps this one and those before it
        fix: loosen a constraint, or widen a range"
    `);
  });

  it('hold for initial points', async () => {
    expect(
      await wrong(`  - { sum: [m, n], max: 12 }
  - forbid: { m: { gt: 4 }, n: { gt: { param: m } } }
initial_points:
  - { m: 9, n: 2, opt: sgd }
  - { m: 9, n: 4, opt: sgd }
  - { m: 9 }
  - { m: 5, n: 6 }
`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:12:5 error[config.bad-initial-point]: expected an allowed configuration, but a constraint forbids it
      sweep.yaml:14:5 error[config.bad-initial-point]: expected an allowed configuration, but a constraint forbids it"
    `);
  });
});
