import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Storage } from '../../src/storage/storage.js';
import { describeStorages } from './support.js';

const CONTRACTS = join(import.meta.dirname, '../../src/storage/contracts');
const MOST_OPERATIONS = 9;

/** The operations of a contract: the members of its interface that are called. */
function operationsOf(contract: string): string[] {
  const text = readFileSync(join(CONTRACTS, `${contract}.ts`), 'utf8');
  return [...text.matchAll(/^ {2}(\w+)(?:<[^(]*>)?\(/gm)].map(([, name]) => name as string);
}

const contracts = [
  'study-store',
  'study-attributes',
  'trial-store',
  'asking-store',
  'attempt-store',
  'study-reader',
  'change-feed',
  'database-file',
];

test.each(contracts)('%s has few operations', (contract) => {
  const operations = operationsOf(contract);
  expect(operations.length).toBeGreaterThan(2);
  expect(operations.length).toBeLessThanOrEqual(MOST_OPERATIONS);
});

describeStorages('the contracts', (open) => {
  test('have exactly their operations, each with one home', async () => {
    const storage: Storage = await open();
    const operations = contracts.flatMap(operationsOf);
    const members = Object.entries(storage).filter(([, member]) => typeof member === 'function');
    expect(members.map(([name]) => name).sort()).toEqual([...operations].sort());
  });
});
