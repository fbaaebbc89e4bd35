import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { Storage } from '../../../src/storage/storage.js';
import { newPostgres } from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { ask, attemptOf, newStudy, opened } from '../support.js';

/** A session of another program, whose transactions last as long as the test likes. */
async function session(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function unread(storage: Storage, studyId: number, mark: string | null, limit = 100) {
  const { trials, mark: next, isAll } = await storage.changedTrials(studyId, mark, limit);
  return { numbers: trials.map(({ number }) => number), next, isAll };
}

const note = (trialId: number, text: string) =>
  `INSERT INTO trial_user_attributes (trial_id, "key", value_json) VALUES (${trialId}, '${text}', '1')`;

describeWithReal('postgres', 'readers of a server', () => {
  test('get what was written earlier and committed later, whatever was committed in between', async () => {
    const url = await newPostgres();
    const storage = await opened(url);
    const study = await newStudy(storage);
    const trials = [];
    for (const lr of [0.1, 0.2, 0.3]) trials.push((await ask(storage, study.id, { lr })).trial.id);
    const [slow, quick] = [await session(url), await session(url)];
    const [first = 0, second = 0] = trials;
    const before = await unread(storage, study.id, null);
    expect(before.numbers).toEqual([0, 1, 2]);
    // The slow transaction has the lower number, and its row the lower revision.
    await slow.query('BEGIN');
    await slow.query(note(first, 'slow'));
    await quick.query(note(second, 'quick'));
    const token = await storage.changeToken();
    const between = await unread(storage, study.id, before.next);
    expect(between.numbers).toContain(1);
    expect(between.numbers).not.toContain(0);
    await slow.query('COMMIT');
    expect(await storage.changeToken()).not.toBe(token);
    const after = await unread(storage, study.id, between.next);
    expect(after.numbers).toContain(0);
    // The last one comes again, and nothing else once all is read.
    expect((await unread(storage, study.id, after.next)).numbers).toHaveLength(1);
  });

  test('read pages without a gap while others commit between the pages', async () => {
    const url = await newPostgres();
    const storage = await opened(url);
    const study = await newStudy(storage);
    const ids: number[] = [];
    for (let k = 0; k < 12; k++) ids.push((await ask(storage, study.id, { lr: (k + 1) / 20 })).trial.id);
    const writers = await Promise.all([1, 2, 3].map(() => session(url)));
    const seen = new Map<number, number>();
    let mark: string | null = null;
    const read = async () => {
      const page = await unread(storage, study.id, mark, 3);
      mark = page.next;
      for (const row of await storage.readTrialAttributes(study.id, 0, 100))
        if (page.numbers.includes(row[0])) seen.set(row[0], Object.keys(row[1]).length);
      return page.isAll;
    };
    // Each writer holds its transaction open over the writes of the others.
    for (let round = 0; round < 12; round++) {
      const writer = writers[round % 3] as Client;
      if (round >= 3) await writer.query('COMMIT');
      await read();
      await writer.query('BEGIN');
      await writer.query(note(ids[(round * 5) % 12] as number, `n${round}`));
      await read();
    }
    for (const writer of writers) await writer.query('COMMIT');
    while (!(await read()));
    const all = await storage.readTrialAttributes(study.id, 0, 100);
    for (const [number, attrs] of all)
      expect([number, seen.get(number)]).toEqual([number, Object.keys(attrs).length]);
    expect(all.size).toBe(12);
  });

  test('find ids of trials in the order of their commits, since whoever takes one has locked the study', async () => {
    const url = await newPostgres();
    const [a, b, reader] = [await opened(url), await opened(url), await opened(url)];
    const study = await newStudy(a);
    let [configId, trialId] = [0, 0];
    const found = new Set<number>();
    const read = async () => {
      const { configs, trials } = await reader.changes(study.id, { configId, trialId, unfinished: [] });
      for (const trial of trials) found.add(trial.number);
      configId = configs.at(-1)?.id ?? configId;
      trialId = trials.at(-1)?.id ?? trialId;
    };
    const work = async (by: Storage, k: number) => {
      for (let i = 0; i < 15; i++) {
        const asked = await ask(by, study.id, { lr: (1 + i * 2 + k) / 40 });
        await by.report(asked.trial.id, attemptOf(asked), [
          { name: 'loss', step: 0, value: 1, objective: true },
        ]);
      }
    };
    let working = true;
    const reading = (async () => {
      while (working) await read();
    })();
    await Promise.all([work(a, 0), work(b, 1)]);
    working = false;
    await reading;
    await read();
    expect([...found].sort((x, y) => x - y)).toEqual([...Array(30).keys()]);
  });
});
