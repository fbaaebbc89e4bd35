import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HpoError } from '../../src/core/errors.js';
import { concealPassword } from '../../src/storage/conceal.js';
import { parseTarget } from '../../src/storage/postgres/target.js';
import { hidePassword } from '../../src/storage/shown-url.js';
import { parseStorageUrl } from '../../src/storage/url.js';

/** Long enough to be found in no other part by chance. */
const secret = fc.string({ minLength: 8, maxLength: 20 }).filter((text) => !/^[\s\d]*$/.test(text));

test('a password is in no shown URL, whatever its characters', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom('user', 'some%40one', ''), (password, user) => {
      const encoded = encodeURIComponent(password);
      for (const url of [
        `postgresql://${user}:${encoded}@host:5432/db?sslmode=require`,
        `postgresql://${user}@host/db?password=${encoded}&sslmode=require`,
        `mysql://${user}:${encoded}@host/db`,
        `postgresql:/${user}:${encoded}@host/db`,
        `postgresql:${user}:${encoded}@host/db`,
      ]) {
        const shown = hidePassword(url);
        expect(shown).not.toContain(encoded);
        expect(shown).toContain('host');
        expect(hidePassword(shown)).toBe(shown);
      }
    }),
  );
});

test.each(['p@ss:word', 'pa/ss@word', 'pa?ss@word', 'pa#ss:w/or?d'])(
  'a password that should have been encoded is hidden too: %s',
  (password) => {
    const shown = hidePassword(`postgresql://user:${password}@host/db`);
    expect(shown).toMatch(/^postgresql:\/\/user@(?:host\/db|word@host\/db)$/);
  },
);

test('URLs without a password stay as they are', () => {
  for (const url of [
    'postgresql://user@host:5432/db',
    'postgresql://host:5432,other:5433/db?target_session_attrs=read-write',
    'postgresql://user@/db?host=%2Ftmp%2Fa&port=5433',
    'postgresql:///db',
    'postgresql://[::1]:5432/db',
    'sqlite:////data/a@b:c.db',
    'study.db',
  ])
    expect(hidePassword(url)).toBe(url);
});

test('the error of a bad URL has no password', () => {
  for (const url of [
    'mysql://me:hunter2secret@host/db',
    'postgres:me:hunter2secret@host',
    'x://:hunter2secret@h',
  ]) {
    const error = (() => {
      try {
        parseStorageUrl(url);
      } catch (thrown) {
        return thrown as HpoError;
      }
    })();
    expect(error).toBeInstanceOf(HpoError);
    expect(error?.code).toBe('storage.bad-url');
    expect(`${error?.format()} ${error?.stack}`).not.toContain('hunter2');
  }
});

test('a URL without its password still opens the database with it, in this process', () => {
  const shown = concealPassword('postgresql://me:s%40fe@db.example/study');
  expect(shown).toBe('postgresql://me@db.example/study');
  expect(parseTarget(shown, {}).passwordFor('db.example', 5432)).toBe('s@fe');
  expect(concealPassword('sqlite:a.db')).toBe('sqlite:a.db');
});
