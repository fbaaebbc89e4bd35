import { expect, test } from 'vitest';
import { TargetWatch } from '../../../src/study/attempt/target-watch.js';
import { until } from '../../support/until.js';

const attempt = { trial: 0, token: 't', handle: 'h' };

/** A folder of checkpoints whose state a test sets. */
function folder() {
  const state = { stamp: 'before', isOpen: false, looks: 0, tries: 0, released: 0, isPatient: true };
  const checkpoints = {
    kept: 0,
    trials: async () => [],
    exist: async () => true,
    discard: async () => {},
    hold: async (_: unknown, { isPatient }: { readonly isPatient: boolean }) => {
      state.tries++;
      state.isPatient = isPatient;
      return state.isOpen ? null : { release: () => void state.released++ };
    },
    copy: async () => false,
    look: async () => {
      state.looks++;
      return { stamp: state.stamp, isOpen: () => state.isOpen };
    },
  };
  let saved = 0;
  const watch = new TargetWatch(checkpoints, attempt, () => saved++);
  return { state, watch, saved: () => saved };
}

/** Resolves when another watch has looked several times since. */
async function severalLooks(): Promise<void> {
  const { state, watch } = folder();
  await watch.pass(1);
  await until(() => state.looks > 4);
  watch.close();
}

test('a checkpoint that changes after the target step is saved once it is quiet and closed', async () => {
  const { state, watch, saved } = folder();
  await watch.pass(1);
  await until(() => state.looks > 10);
  expect(saved()).toBe(0);
  Object.assign(state, { stamp: 'half', isOpen: true });
  await until(() => state.looks > 25);
  expect(saved()).toBe(0);
  state.stamp = 'whole';
  state.isOpen = false;
  await until(() => saved() > 0);
  const { looks } = state;
  await severalLooks();
  expect([saved(), state.looks]).toEqual([1, looks]);
});

test('a file that is open at the report of the target step is one of that step', async () => {
  const { state, watch, saved } = folder();
  state.isOpen = true;
  await watch.pass(1);
  state.isOpen = false;
  await until(() => saved() > 0);
  expect(saved()).toBe(1);
});

test('a watch that is closed looks no more', async () => {
  const { state, watch, saved } = folder();
  await watch.pass(1);
  watch.close();
  state.stamp = 'later';
  const { looks } = state;
  await severalLooks();
  expect([saved(), state.looks]).toEqual([0, looks]);
});

test('an attempt that reports again is ended at once where it does not save, and else once it does not', async () => {
  const { state, watch, saved } = folder();
  await watch.pass(1);
  expect(await watch.hurry()).toBe(true);
  const busy = folder();
  await busy.watch.pass(1);
  busy.state.isOpen = true;
  expect(await busy.watch.hurry()).toBe(false);
  await until(() => busy.state.tries > 22);
  // It may end between two files of a trainer that never pauses, and never within one.
  expect([busy.saved(), busy.state.isPatient]).toEqual([0, false]);
  busy.state.isOpen = false;
  await until(() => busy.saved() > 0);
  expect([saved(), state.released, busy.saved(), busy.state.released]).toEqual([0, 0, 1, 0]);
});

test('a trainer that is held when the watch is closed continues', async () => {
  const { state, watch, saved } = folder();
  await watch.pass(1);
  const held = watch.hurry();
  watch.close();
  expect(await held).toBe(false);
  expect([saved(), state.released]).toEqual([0, 1]);
});
