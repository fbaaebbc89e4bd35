import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { CurveScale } from '../../../src/dashboard/curve-codec.js';
import { unpackCurves } from '../../../src/dashboard/curve-codec.js';
import type {
  ColumnsHeader,
  LogPart,
  StudyInfo,
  StudyListEntry,
  TrialInfo,
} from '../../../src/dashboard/protocol.js';
import { Assets } from '../../../src/dashboard/server/assets.js';
import { openStorage } from '../../../src/storage/open.js';
import { done, failed, tempDir } from '../../study/harness.js';
import { act, ask, columnOf, read, readColumns, SCRIPT_TEXT, served } from './harness.js';
import { databaseUrl, makeStudy, SPEC } from './studies.js';

const STATES = { COMPLETE: 4, FAIL: 6 };

test('the columns say what the table of trials says, with a place for what a trial does not have', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 6 });
  const server = await served(url);
  const columns = await readColumns<ColumnsHeader>(server, '/api/studies/study/columns');
  expect(columns.header).toMatchObject({ study: 'study', full: true, total: 6 });
  const storage = await openStorage(url);
  const { id } = (await storage.findStudy('study')) ?? { id: -1 };
  const rows = await storage.rows(id, 0, 10);
  await storage.close();
  const { complete, fail } = { complete: STATES.COMPLETE, fail: STATES.FAIL };
  expect(columnOf(columns, 'state')).toEqual([complete, complete, fail, complete, complete, complete]);
  expect(columnOf(columns, 'value:0')).toEqual(rows.map(({ values }) => values?.[0] ?? Number.NaN));
  expect(columnOf(columns, 'param:lr')).toEqual(rows.map(({ params }) => Math.fround(Number(params.lr))));
  expect(columnOf(columns, 'param:slope')).toEqual(
    rows.map(({ params }) => (params.slope === undefined ? Number.NaN : Math.fround(Number(params.slope)))),
  );
  const act = columns.columns.find(({ name }) => name === 'param:act');
  expect(act?.dictionary).toEqual(['relu', 'tanh']);
  expect([...(act?.values ?? [])]).toEqual(rows.map(({ params }) => (params.act === 'relu' ? 1 : 2)));
  const reason = columns.columns.find(({ name }) => name === 'reason');
  expect(reason?.dictionary?.[(columnOf(columns, 'reason')[2] as number) - 1]).toBe(rows[2]?.reason);
});

test('a page that knows a revision gets only the trials that changed since, and everything after a restart', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 4 });
  const server = await served(url);
  const path = '/api/studies/study/columns';
  const { header } = await readColumns<ColumnsHeader>(server, path);
  const none = await readColumns<ColumnsHeader>(server, `${path}?since=${header.revision}`);
  expect(none.header).toEqual({ ...header, full: false });
  expect(columnOf(none, 'trial')).toEqual([]);
  expect((await act(server, '/api/studies/study/control/hide', { trials: [1] })).status).toBe(200);
  const some = await readColumns<ColumnsHeader>(server, `${path}?since=${header.revision}`);
  expect(some.header.revision).toBeGreaterThan(header.revision);
  expect(columnOf(some, 'trial')).toEqual([1]);
  expect(columnOf(some, 'hidden')).toEqual([1]);
  const curves = await readColumns<{ full: boolean; scale: CurveScale }>(
    server,
    `/api/studies/study/curves?since=${header.revision}`,
  );
  expect(unpackCurves(curves).map(({ trial }) => trial)).toEqual([1]);
  const other = await served(url);
  for (const since of [some.header.revision, 0, 1])
    expect((await readColumns<ColumnsHeader>(other, `${path}?since=${since}`)).header.full).toBe(true);
});

test('every trial has its curve', async () => {
  const url = databaseUrl();
  await makeStudy(url, {
    trials: 3,
    run: ({ trial }, hooks) => {
      for (let step = 1; step <= trial; step++) hooks.report([{ name: 'loss', step, value: trial / step }]);
      return trial === 0 ? failed() : done;
    },
  });
  const server = await served(url);
  const curves = unpackCurves(await readColumns<{ scale: CurveScale }>(server, '/api/studies/study/curves'));
  expect(curves.map(({ trial, steps }) => [trial, [...steps]])).toEqual([
    [1, [1]],
    [2, [1, 2]],
  ]);
  expect(curves[1]?.values[1]).toBeCloseTo(1, 3);
});

test('deviations over repeats come with each trial of the configuration', async () => {
  const url = databaseUrl();
  await makeStudy(url, {
    trials: 4,
    spec: { ...SPEC, repeats: 2 },
    run: ({ trial }, hooks) => {
      hooks.report([{ name: 'loss', step: 1, value: trial % 2 === 0 ? 1 : 3 }]);
      return done;
    },
  });
  const columns = await readColumns<ColumnsHeader>(await served(url), '/api/studies/study/columns');
  const pair = columnOf(columns, 'configuration');
  const deviations = columnOf(columns, 'std:0');
  expect(pair).toEqual([0, 0, 1, 1]);
  expect(deviations).toEqual(new Array(4).fill(Math.fround(Math.SQRT2)));
});

test('names of any kind are found by their own names alone, and shown as text', async () => {
  const url = databaseUrl();
  const names = [
    '../x',
    'a/b',
    '"quoted"',
    '\u{1f600}',
    '<script>alert(1)</script>',
    '%2e%2e',
    'a?b#c',
    '__proto__',
    ' ',
  ];
  for (const name of names) await makeStudy(url, { name, trials: 1 });
  const server = await served(url);
  const list = await read<StudyListEntry[]>(server, '/api/studies');
  expect(list.map(({ name }) => name)).toEqual(names);
  for (const name of names) {
    const path = `/api/studies/${encodeURIComponent(name)}`;
    expect((await read<StudyInfo>(server, path)).name).toBe(name);
    expect((await ask(server, { path: `/studies/${encodeURIComponent(name)}` })).status).toBe(200);
  }
});

const HOSTILE = `\u001b]0;title\u0007\u001b[2J\u001b[31mred\u001b[0m 10%\r20%\u0008\u0000\u202e<b>\ud83d\ude00\u009b1m\n`;

test('a log comes in parts that cut no character, without control characters but colors', async () => {
  const url = databaseUrl();
  const log = HOSTILE + 'é'.repeat(200_000);
  await makeStudy(url, { trials: 1, log });
  const server = await served(url);
  const path = '/api/studies/study/trials/0/log';
  let [text, from] = ['', 0];
  for (;;) {
    const part = await read<LogPart>(server, `${path}?attempt=1&from=${from}`);
    expect(part).toMatchObject({ from, size: Buffer.byteLength(log), growing: false });
    text += part.text;
    from = part.next;
    if (part.next === part.size) break;
  }
  expect(text).toBe(`\u001b[31mred\u001b[0m 10%\r20%<b>\u{1f600}1m\n${'é'.repeat(200_000)}`);
  const tail = await read<LogPart>(server, `${path}?from=-5`);
  expect(tail).toMatchObject({ text: 'éé', next: Buffer.byteLength(log) });
  expect(await read<LogPart>(server, `${path}?from=99999999`)).toMatchObject({ text: '' });
});

test('what a person and a trainer wrote has no control characters', async () => {
  const url = databaseUrl();
  await makeStudy(url, {
    trials: 1,
    run: () => ({ ...failed(), failure: 'bad \u001b[2J\u202e<img>' }),
  });
  const server = await served(url);
  await act(server, '/api/studies/study/control/note', { trial: 0, text: 'a\u0007b\nc', tags: ['x\u001b'] });
  const trial = await read<TrialInfo>(server, '/api/studies/study/trials/0');
  expect(trial.note).toBe('a\\u0007b\nc');
  expect(JSON.stringify([trial, trial.reason])).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
  expect(trial.tags).toEqual(['x\\u001b']);
});

test('files of the page are sent once: then the browser is told that they are the same', async () => {
  const url = databaseUrl();
  const server = await served(url);
  for (const encoding of ['br', 'gzip', 'identity', 'gzip;q=0, br;q=0']) {
    const found = await ask(server, { path: '/assets/app.js', headers: { 'Accept-Encoding': encoding } });
    expect(found.text).toBe(SCRIPT_TEXT);
    expect(found.headers['content-encoding']).toBe(['br', 'gzip'].includes(encoding) ? encoding : undefined);
    const headers = { 'If-None-Match': String(found.headers.etag) };
    const again = await ask(server, { path: '/assets/app.js', headers });
    expect([again.status, again.text]).toEqual([304, '']);
  }
});

test('a file of the page that the build keeps compressed reads as any other, and is sent as it is kept', async () => {
  const folder = tempDir();
  const kept = brotliCompressSync(SCRIPT_TEXT);
  writeFileSync(join(folder, 'app.js.br'), kept);
  const file = (await Assets.load(folder)).find('app.js');
  expect(Buffer.from(file?.bytes ?? []).toString()).toBe(SCRIPT_TEXT);
  expect(Buffer.from((await file?.compress('br')) ?? [])).toEqual(kept);
  expect(gunzipSync((await file?.compress('gzip')) ?? Buffer.alloc(0)).toString()).toBe(SCRIPT_TEXT);
});
