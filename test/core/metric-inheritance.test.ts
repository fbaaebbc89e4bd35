import { expect, test } from 'vitest';
import {
  explicitStep,
  inheritedPoints,
  isInheritedStep,
  lowestExplicitStep,
  reclaimedSteps,
} from '../../src/core/metric-inheritance.js';

test('implicit steps and final values do not show where an attempt resumed', () => {
  expect(explicitStep({ step: 3 })).toBe(3);
  expect(explicitStep({ step: 3, counted: true })).toBeNull();
  expect(explicitStep({ step: null })).toBeNull();
  expect(lowestExplicitStep([{ step: 4 }, { step: 1, counted: true }, { step: null }, { step: 2 }])).toBe(2);
  expect(lowestExplicitStep([{ step: 1, counted: true }])).toBeNull();
});

test('an attempt reclaims the steps from its lowest explicit one up to its former lowest', () => {
  expect(reclaimedSteps(null, 5)).toEqual({ from: 5, to: Number.POSITIVE_INFINITY });
  expect(reclaimedSteps(5, 3)).toEqual({ from: 3, to: 5 });
  expect(reclaimedSteps(5, 5)).toBeNull();
  expect(reclaimedSteps(5, 7)).toBeNull();
  expect(reclaimedSteps(5, null)).toBeNull();
  expect(reclaimedSteps(null, null)).toBeNull();
});

test('stored values of inherited metrics below the lowest step are of earlier attempts', () => {
  expect([0, 4, 5, null].map((step) => isInheritedStep(step, 5))).toEqual([true, true, false, false]);
  expect(isInheritedStep(9, null)).toBe(true);
  const stored = [
    { name: 'loss', step: 1 },
    { name: 'loss', step: 2 },
    { name: 'loss', step: null },
    { name: 'accuracy', step: 1 },
  ];
  expect(inheritedPoints(stored, { firstStep: 2, inherited: ['loss'] })).toEqual([{ name: 'loss', step: 1 }]);
});
