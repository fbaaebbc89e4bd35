import { expect, test } from 'vitest';
import type { Session } from '../../../src/storage/postgres/session.js';
import { Sessions } from '../../../src/storage/postgres/sessions.js';

/** A session that is open until it is closed. */
function session(): Session & { isOpen: boolean } {
  const made = {
    isOpen: true,
    listen: () => {},
    together: <T>(send: () => T) => send(),
    exec: async () => [],
    all: async () => [],
    close: async () => {
      made.isOpen = false;
    },
    destroy: () => {
      made.isOpen = false;
    },
  };
  return made;
}

test('a lost session is replaced by one, however many ask for it at the same time', async () => {
  const opened: ReturnType<typeof session>[] = [];
  const sessions = new Sessions(async () => {
    opened.push(session());
    return opened.at(-1) as Session;
  });
  const [first, second] = await Promise.all([sessions.take('poll'), sessions.take('poll')]);
  expect(first).toBe(second);
  (first as ReturnType<typeof session>).isOpen = false;
  const [third, fourth] = await Promise.all([sessions.take('poll'), sessions.take('poll')]);
  expect(third).toBe(fourth);
  expect(opened).toHaveLength(2);
  expect(await sessions.take('work')).not.toBe(third);
  await sessions.close();
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, false, false]);
});

test('a session that could not be opened is opened by the next one who asks', async () => {
  let tries = 0;
  const sessions = new Sessions(async () => {
    tries += 1;
    if (tries === 1) throw new Error('not now');
    return session();
  });
  await expect(sessions.take('work')).rejects.toThrow('not now');
  expect((await sessions.take('work')).isOpen).toBe(true);
});
