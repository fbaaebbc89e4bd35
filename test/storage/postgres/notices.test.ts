import { expect, onTestFinished, test } from 'vitest';
import { NoticeListener } from '../../../src/storage/postgres/notices.js';
import { openSession, type Session } from '../../../src/storage/postgres/session.js';
import { parseTarget } from '../../../src/storage/postgres/target.js';
import type { ChangeKind } from '../../../src/storage/storage.js';
import { ControlWatch } from '../../../src/study/sweep/control-watch.js';
import { inPostgres, newPostgres } from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { until } from '../../support/until.js';
import { ask, attemptOf, newStudy, opened } from '../support.js';

const NEVER_MS = 2 ** 31 - 1;
const say = (payload: string, url: string) =>
  inPostgres(`SELECT pg_notify('hpo_changed', '${payload}')`, url);

/** A listener of its own, and what it receives after its first look. */
async function listening(url: string, open = () => openSession(parseTarget(url))) {
  const noticed: ChangeKind[] = [];
  const listener = new NoticeListener(open, 1);
  onTestFinished(() => listener.close());
  listener.listen((kind) => noticed.push(kind));
  await until(() => noticed.length === 2);
  expect(noticed.splice(0)).toEqual(['results', 'commands']);
  return { listener, noticed };
}

describeWithReal('postgres', 'readers of a server', () => {
  test('receive what another process has written, and what it asks of sweeps', async () => {
    const url = await newPostgres();
    const [writer, reader] = [await opened(url), await opened(url)];
    const noticed: ChangeKind[] = [];
    reader.onChange((kind) => noticed.push(kind));
    await until(() => noticed.length >= 2);
    noticed.length = 0;
    const study = await newStudy(writer);
    await until(() => noticed.includes('results'));
    expect(noticed).not.toContain('commands');
    await writer.writeControl(study.id, { isPaused: true }, 0);
    await until(() => noticed.includes('commands'));
    // The last of many changes is noticed, too.
    for (let k = 1; k < 9; k++) {
      noticed.length = 0;
      await ask(writer, study.id, { lr: k / 10 });
    }
    await until(() => noticed.includes('results'));
  });

  test('take nothing from a channel on which anybody may say anything', async () => {
    const url = await newPostgres();
    await (await opened(url)).listStudies();
    const { noticed } = await listening(url);
    for (const payload of ['', 'results ', '{"kind":"commands"}', 'x'.repeat(7000), 'constructor'])
      await say(payload, url);
    await say('commands', url);
    await until(() => noticed.length > 0);
    expect(noticed).toEqual(['commands']);
  });

  test('listen again after the connection was lost, and look at once, since they may have missed something', async () => {
    const url = await newPostgres();
    const { noticed } = await listening(url);
    await inPostgres(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'",
      url,
    );
    await until(() => noticed.length >= 2);
    noticed.length = 0;
    await say('results', url);
    await until(() => noticed.includes('results'));
  });

  test('a process that may not connect once more receives nothing until it may, and nothing fails for it', async () => {
    const url = await newPostgres();
    let tries = 0;
    const open = async (): Promise<Session> => {
      tries += 1;
      if (tries < 4) throw new Error('too many connections');
      return openSession(parseTarget(url));
    };
    await listening(url, open);
    expect(tries).toBe(4);
  });

  test('a sweep sees at once that it is to stop a trial, however seldom it looks by itself', async () => {
    const url = await newPostgres();
    const [sweep, command] = [await opened(url), await opened(url)];
    const study = await newStudy(sweep);
    const asked = await ask(sweep, study.id, { lr: 0.5 });
    const stopped = new Set<number>();
    const handlers = {
      stopRequested: (ids: ReadonlySet<number>) => {
        for (const id of ids) stopped.add(id);
      },
      changed: async () => {},
    };
    const watch = new ControlWatch(sweep, study.id, handlers, NEVER_MS);
    await watch.start();
    onTestFinished(() => watch.close());
    await command.requestStop(attemptOf(asked), true);
    await until(() => stopped.has(attemptOf(asked)));
  });
});
