import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leasePlace, prepareLeaseDir } from '../../../../src/executors/local/leases/folder.js';
import { tempDir } from './harness.js';

const uid = process.getuid?.() ?? -1;

test('the folder is the same for all sweeps of a user, whatever the session says of temporary files', () => {
  expect(leasePlace(undefined)).toEqual({ dir: `/tmp/hpo-leases-${uid}`, chosen: false });
  expect(leasePlace('')).toEqual(leasePlace(undefined));
  expect(leasePlace('/x/../y')).toEqual({ dir: '/y', chosen: true });
});

test('it is made for this user alone', () => {
  const dir = join(tempDir(), 'a/b');
  expect(prepareLeaseDir({ dir, chosen: true })).toBeNull();
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(prepareLeaseDir({ dir, chosen: true })).toBeNull();
});

test('one that others may write to is not trusted', () => {
  const dir = tempDir();
  chmodSync(dir, 0o770);
  expect(prepareLeaseDir({ dir, chosen: false })).toBe('others may write to it');
});

test('one of another user is not trusted', () => {
  // Only root can give a folder away; to others one of root's is a stranger's.
  const dir = uid === 0 ? tempDir() : '/usr';
  if (uid === 0) chownSync(dir, 12_345, 12_345);
  expect(prepareLeaseDir({ dir, chosen: true })).toMatch(/^it belongs to another user \(uid (12345|0)\)$/);
});

test('a link is followed where the user named it, and else is a stranger', () => {
  const dir = tempDir();
  const [link, target] = [join(dir, 'link'), join(dir, 'target')];
  mkdirSync(target, { mode: 0o700 });
  symlinkSync(target, link);
  expect(prepareLeaseDir({ dir: link, chosen: true })).toBeNull();
  expect(prepareLeaseDir({ dir: link, chosen: false })).toBe('it is not a folder');
});
