import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/settings.js';
import type { ControlTarget } from '../../src/control/control.js';
import { LIVE_KEYS } from '../../src/control/limits.js';
import { CONTROLS, type controls } from '../../src/control/registry.js';
import { int } from '../../src/core/distribution.js';
import { HpoError } from '../../src/core/errors.js';
import { LIMIT_KEYS } from '../../src/core/study-control.js';
import { openStorage } from '../../src/storage/open.js';
import { openStudy } from '../../src/study/open-study.js';
import {
  done,
  failed,
  makeSpec,
  newStudy,
  opened,
  ScriptedExecutor,
  sweep,
  tempDir,
} from '../study/harness.js';

/** Arguments that each control takes, for trial 0, which has failed. */
const ARGUMENTS: Readonly<Record<keyof typeof CONTROLS, Readonly<Record<string, unknown>>>> = {
  pause: {},
  resume: {},
  set: { settings: { trials: '7' } },
  stop: { trial: 0 },
  enqueue: { parameters: { n: 3 } },
  retry: { trial: 0 },
  note: { trial: 0, text: 'late' },
  hide: { trials: [0] },
};

async function target(url: string): Promise<ControlTarget> {
  const study = await newStudy(makeSpec([{ name: 'n', distribution: int(1, 5) }]), await opened(url));
  const executor = new ScriptedExecutor(({ trial }) => (trial === 0 ? failed() : done));
  await sweep(study, executor, { budget: 1 });
  const record = await study.storage.findStudy('study');
  if (!record) throw new Error('no study');
  return {
    storage: study.storage,
    study: record,
    nowMs: 5,
    hasCheckpoint: async () => false,
    discardCheckpoint: async () => false,
    openStudy: () => openStudy(study.storage, record),
  };
}

describe.each(Object.keys(CONTROLS) as (keyof typeof CONTROLS)[])('%s', (name) => {
  const control = CONTROLS[name];

  test('describes itself: its name, a sentence or two, and each argument', () => {
    expect(control.name).toBe(name);
    expect(control.summary).toMatch(/^[A-Z][\s\S]*\.$/);
    for (const argument of control.arguments) expect(argument.help).toMatch(/\w/);
    expect(new Set(control.arguments.map((each) => each.name)).size).toBe(control.arguments.length);
  });

  test('refuses arguments that it does not have, and values of another type, with a usage error', () => {
    const bad = [
      { surprise: 1 },
      ...control.arguments.map((each) => ({ ...ARGUMENTS[name], [each.name]: [{}] })),
    ];
    for (const raw of bad) {
      const parse = () => control.parse(raw);
      expect(parse).toThrow(HpoError);
      expect(parse).toThrow(expect.objectContaining({ usage: true }));
    }
  });

  test('stores its command, which another process sees', async () => {
    const url = `sqlite:${tempDir()}/hpo.db`;
    const at = await target(url);
    const token = await at.storage.changeToken();
    if (name === 'stop') {
      await expect(apply(name, at)).rejects.toMatchObject({ code: 'trial.finished', usage: true });
      return;
    }
    const { text, data } = await apply(name, at);
    expect(text).toMatch(/\w/);
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(data.study ?? 'study').toBe('study');
    expect(await at.storage.changeToken()).not.toBe(token);
    const other = await openStorage(url);
    expect(await other.rows(at.study.id, 0, 9)).toEqual(await at.storage.rows(at.study.id, 0, 9));
    expect(await other.readControl(at.study.id)).toEqual(await at.storage.readControl(at.study.id));
    await other.close();
  });
});

function apply(name: keyof typeof CONTROLS, at: ControlTarget) {
  const control = CONTROLS[name] as (typeof controls)[number];
  return control.apply(at, control.parse(ARGUMENTS[name]));
}

test('hpo set knows exactly the settings that the table calls live', () => {
  const live = SETTINGS.filter((setting) => setting.live);
  expect(LIVE_KEYS).toEqual(live.map(({ key }) => key));
  expect(Object.fromEntries(live.map(({ key, property }) => [property, key]))).toEqual(LIMIT_KEYS);
});

test('controls that are written at once do not overwrite each other', async () => {
  const at = await target('memory:');
  const settings = ['trials', 'timeout', 'max_concurrent', 'trial_timeout'];
  await Promise.all([
    apply('pause', at),
    ...settings.map((key) => CONTROLS.set.apply(at, CONTROLS.set.parse({ settings: { [key]: '5' } }))),
  ]);
  expect((await at.storage.readControl(at.study.id)).control).toEqual({
    pausedAtMs: 5,
    limits: { trials: 5, timeoutMs: 5000, maxConcurrent: 5, trialTimeoutMs: 5000 },
    stopping: [],
  });
});
