import { expect, test } from 'vitest';
import { addProvenance, changedScript, type Provenance, parseProvenance } from '../../src/core/provenance.js';

const entry = (atMs: number, more: Partial<Provenance> = {}): Provenance => ({
  atMs,
  host: 'h',
  hpo: '1.0.0',
  node: '20.0.0',
  git: { commit: 'a'.repeat(40), dirty: false },
  script: { file: 'train.py', sha256: 'b'.repeat(64) },
  ...more,
});

test('an entry is read as it was stored, and what is none is left out', () => {
  const entries = [entry(1), entry(2, { git: null, script: null, host: null })];
  expect(parseProvenance(JSON.parse(JSON.stringify(entries)))).toEqual(entries);
  expect(parseProvenance([{ atMs: 3, git: { commit: 7 }, script: 'x', host: 9 }])).toEqual([
    { atMs: 3, host: null, hpo: null, node: null, git: null, script: null },
  ]);
  for (const odd of [undefined, null, 7, {}, ['x']]) expect(parseProvenance(odd as never)).toEqual([]);
});

test('a sweep from the same code on the same host adds nothing, another commit does', () => {
  const stored = parseProvenance(JSON.parse(JSON.stringify([entry(1)])));
  // Keys in another order are the same.
  const { git, ...rest } = entry(2);
  expect(addProvenance(stored, { git, ...rest })).toBe(stored);
  const dirty = entry(3, { git: { commit: 'a'.repeat(40), dirty: true } });
  expect(addProvenance(stored, dirty)).toEqual([entry(1), dirty]);
});

test('twenty entries are kept, the newest last', () => {
  let entries: readonly Provenance[] = [];
  for (let k = 0; k < 30; k++) entries = addProvenance(entries, entry(k, { host: `h${k}` }));
  expect(entries.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 20 }, (_, k) => k + 10));
});

test('a script is called changed only where both are known and differ', () => {
  const other = { file: 'train.py', sha256: 'c'.repeat(64) };
  expect(changedScript([], entry(1))).toBeNull();
  expect(changedScript([entry(1)], entry(2))).toBeNull();
  expect(changedScript([entry(1)], entry(2, { script: null }))).toBeNull();
  expect(changedScript([entry(1)], entry(2, { script: other }))).toMatch(
    /^the script train\.py has changed /,
  );
  // A sweep in between whose script could not be read does not hide the change.
  expect(changedScript([entry(1), entry(2, { script: null })], entry(3, { script: other }))).not.toBeNull();
  expect(changedScript([entry(1)], entry(2, { script: { ...other, file: 'b.py' } }))).toContain(
    'train.py (now b.py)',
  );
});
