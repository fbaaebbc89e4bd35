import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { loggers } from '../../src/loggers/registry.js';
import type { SweepEvent } from '../../src/study/events.js';
import { makeSpec, newStudy, ScriptedExecutor, sweep, trains } from '../study/harness.js';
import { example } from './example-logger.js';
import { type Scene, sceneOf } from './scenes.js';
import { create, createGroup, emptyReader, makeStage, type Stage, silentReader, studyInfo } from './stage.js';
import { finished, reported, started } from './support.js';

const entries = [...loggers, example].map((entry) => ({ name: entry.name, entry }));

/** Control characters, bidirectional ones included, but no line ends. */
const CONTROLS =
  /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\r\nforged line\u202e\u009b31m';
const hostileEvents: readonly SweepEvent[] = [
  started(0, { params: { [HOSTILE]: HOSTILE }, device: HOSTILE }),
  reported(0, [HOSTILE, 1, 0.5]),
  { type: 'sampler-selected', sampler: HOSTILE, why: HOSTILE },
  { type: 'warning', trial: 0, message: HOSTILE },
  { type: 'trial-pruning', trial: 0, reason: HOSTILE },
  finished(0, { state: 'fail', values: null, reason: HOSTILE, tail: [HOSTILE] }),
  { type: 'sweep-finished', end: 'budget', detail: HOSTILE, savings: null },
];

/** Three trials that report a loss and complete. */
const threeTrials = () => newStudy(makeSpec([{ name: 'x', distribution: float(0, 2, { step: 1 }) }]));

async function staged(name: string): Promise<Stage & { readonly scene: Scene }> {
  const scene = sceneOf(name);
  const stage = makeStage();
  return { ...stage, settings: { ...stage.settings, ...(await scene.settings(stage)) }, scene };
}

const outputOf = ({ scene, folder, paper }: Stage & { readonly scene: Scene }) =>
  scene.output({ folder, shown: paper.text });

/** Runs a sweep of three trials, with the events going to a group; what the sweep came to. */
async function sweepInto(emit: (event: SweepEvent) => void) {
  const study = await threeTrials();
  const executor = new ScriptedExecutor(trains(({ x }) => Number(x)));
  const { end } = await sweep(study, executor, { onEvent: emit });
  const rows = await study.storage.rows(study.id, 0, 10);
  return { end, states: rows.map(({ state }) => state) };
}
const WHOLE = { end: 'exhausted', states: ['complete', 'complete', 'complete'] };

describe.each(entries)('the logger $name', ({ name, entry }) => {
  test('creates nothing before it is opened, and is wanted by its own settings', async () => {
    const { settings, context, folder } = await staged(name);
    expect(entry.isWanted(settings)).toBe(true);
    await create(entry, settings, context);
    expect(readdirSync(folder)).toEqual([]);
    expect(entry.summary).toMatch(/^[^\n]{10,}[^.\n]$/);
  });

  test('logs every trial of a sweep, without a complaint', async () => {
    const stage = await staged(name);
    const group = await createGroup(entry, stage);
    const study = await threeTrials();
    await group.open({ ...studyInfo, id: study.id, spec: study.spec }, study.storage);
    await sweep(study, new ScriptedExecutor(trains(({ x }) => Number(x))), { onEvent: group.emit });
    expect([...(await group.flush())]).toEqual([]);
    await group.close(10_000, new AbortController().signal);
    for (const trial of [0, 1, 2]) expect(outputOf(stage)).toMatch(stage.scene.complete(trial));
    expect(stage.reports).toEqual([]);
  });

  test('a database or an output that never answers keeps no sweep from its end', async () => {
    const stage = await staged(name);
    const stalled = await stage.scene.stalled?.(stage);
    const group = await createGroup(entry, { ...stage, settings: { ...stage.settings, ...stalled } }, 100);
    await group.open(studyInfo, stalled ? emptyReader : silentReader);
    expect(await sweepInto(group.emit)).toEqual(WHOLE);
    await group.flush();
    await group.close(10, new AbortController().signal);
  });

  test('closes at its limit, and at once when somebody leaves', async () => {
    for (const leaves of [false, true]) {
      const stage = await staged(name);
      const stalled = await stage.scene.stalled?.(stage);
      const logger = await create(entry, { ...stage.settings, ...stalled }, stage.context);
      await logger.open(studyInfo, emptyReader);
      for (const event of [started(0), reported(0, ['loss', 1, 0.5]), finished(0)]) logger.on(event);
      // A limit that no test waits for: only the second call ends the first.
      const closed = logger.close(leaves ? 2 ** 30 : 10);
      if (leaves) await logger.close(0);
      await closed;
    }
  });

  test('an output that cannot be written is reported once, and ends no sweep', async () => {
    const stage = await staged(name);
    const group = await createGroup(entry, stage, 100);
    stage.scene.breakSink(stage);
    await group.open(studyInfo, emptyReader);
    expect(await sweepInto(group.emit)).toEqual(WHOLE);
    await group.flush();
    await group.flush();
    await group.close(1000, new AbortController().signal);
    expect(stage.reports).toEqual([expect.any(String)]);
  });

  test('hostile text is printable, or data for programs', async () => {
    const stage = await staged(name);
    const group = await createGroup(entry, stage);
    // A message may have lines of its own.
    stage.context.messages.send('info', HOSTILE.replace('\n', ' '));
    await group.open({ ...studyInfo, name: HOSTILE }, emptyReader);
    for (const event of hostileEvents) group.emit(event);
    await group.flush();
    await group.close(1000, new AbortController().signal);
    const text = outputOf(stage);
    expect(text).not.toBe('');
    if (stage.scene.kind === 'text') {
      expect(text.match(CONTROLS)).toBeNull();
      expect(text).not.toMatch(/^forged line/m);
    }
    expect(stage.reports).toEqual([]);
  });
});
