import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../mutants/apply.js';
import { MUTANTS } from '../mutants/tables.js';
import { FAULTS } from './faults.js';
import { readFigures } from './figures.js';
import { PAGE, withTable } from './reliability.js';

const mutantNames = MUTANTS.map(({ name }) => name);

test('docs/reliability.md has the table that the faults and figures make (else: npm run torture -- table)', () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(page).toBe(withTable(page, readFigures()));
});

test.each(FAULTS.map((fault) => [fault.fault, fault] as const))(
  '%s: its tests and mutants exist',
  (_, fault) => {
    expect(fault.tests.length).toBeGreaterThan(0);
    expect(fault.tests.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(fault.mutants.filter((name) => !mutantNames.includes(name))).toEqual([]);
  },
);

test('every mutant has its name in a row', () => {
  const listed = new Set(FAULTS.flatMap((fault) => fault.mutants));
  expect(mutantNames.filter((name) => !listed.has(name))).toEqual([]);
});

test('the last measured figures are zero lost, zero doubled, zero mismatches', () => {
  const measured = Object.entries(readFigures());
  expect(measured.length).toBeGreaterThan(0);
  for (const [, { lost, doubled, mismatches }] of measured)
    expect([lost, doubled, mismatches]).toEqual([0, 0, 0]);
});
