import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { float } from '../../../src/core/distribution.js';
import { Database } from '../../../src/dashboard/server/data/database.js';
import { OpenStudies } from '../../../src/dashboard/server/data/open-studies.js';
import { EventHub } from '../../../src/dashboard/server/events/event-hub.js';
import { createStudy } from '../../../src/library.js';
import { openStorage } from '../../../src/storage/open.js';
import { newPostgres } from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { until } from '../../support/until.js';

const NEVER_MS = 2 ** 31 - 1;

describeWithReal('postgres', 'a page over a server', () => {
  test('gets what another process has written at once, however seldom the server of the page looks by itself', async () => {
    const url = await newPostgres();
    const space = { x: float(0, 1) };
    const study = await createStudy({
      name: 's',
      storage: url,
      direction: 'minimize',
      space,
      sampler: 'random',
    });
    onTestFinished(() => study.close());
    const open = () => openStorage(url, { readOnly: true, create: false });
    const database = new Database(url, open, () => {});
    const studies = new OpenStudies(database);
    await studies.get('s');
    const hub = new EventHub(database, studies, NEVER_MS);
    const server = createServer((_, response) => hub.open(response, ['s'])).listen(0, '127.0.0.1');
    const ending = new AbortController();
    onTestFinished(async () => {
      hub.close();
      ending.abort();
      server.close();
      await database.close();
    });
    await until(() => server.listening);
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}`, { signal: ending.signal });
    let events = 0;
    (async () => {
      for await (const part of response.body ?? [])
        events += new TextDecoder().decode(part).split('"kind":"study"').length - 1;
    })().catch(() => {});
    await until(() => events > 0);
    // The first change may be found by a look that was due anyway.
    for (let k = 1; k < 5; k++) {
      const before = events;
      await study.ask();
      await until(() => events > before);
    }
    expect(await study.trials()).toHaveLength(4);
  });
});
