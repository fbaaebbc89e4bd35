import { describe, expect, test, vi } from 'vitest';
import { describeWithReal } from '../support/real-part.js';
import { NO_FAULTS } from './audit.js';
import { PARTS, type PartName } from './parts.js';

// Every run is many processes, and a busy machine makes each of them slow.
vi.setConfig({ testTimeout: 240_000 });

/** The short form of a part, as in docs/reliability.md; `npm run torture` runs the full ones. */
async function shortForm(name: PartName, seed = 7) {
  const { figures, faults } = await PARTS[name]({ seed, short: true, say: () => {} });
  expect(faults).toEqual(NO_FAULTS);
  return figures;
}

describe('nothing is lost, doubled or reported differently', () => {
  test('when the orchestrator is killed at random moments, again and again', async () => {
    expect(await shortForm('kill')).toMatchObject({ kills: 6 });
  });

  test('when it is killed just before or just after a commit, a spawn, a file or a signal', async () => {
    const { points, kills } = await shortForm('points');
    expect(points).toBeGreaterThan(50);
    expect(kills).toBeGreaterThan(3);
  });

  test('when trials are paused and continued, and anything is killed at a promotion or at random', async () => {
    const { kills, promotions } = await shortForm('schedules');
    expect(kills).toBeGreaterThan(3);
    expect(promotions).toBeGreaterThan(10);
  });

  test('when several processes share one grid', async () => {
    expect(await shortForm('grid')).toMatchObject({ trials: 25 });
  });

  test('over many trials, with no more open files at the end than at the start', async () => {
    expect(await shortForm('soak')).toMatchObject({ trials: 120 });
  });
});

describeWithReal('optuna', 'nothing is lost, doubled or reported differently', () => {
  test('when workers of Optuna and calls of hpo share one study', async () => {
    const { byOptuna, byHpo } = await shortForm('optuna');
    expect(byOptuna).toBeGreaterThan(20);
    expect(byHpo).toBeGreaterThan(2);
  });
});

describeWithReal('hosts', 'nothing is lost, doubled or reported differently', () => {
  test('when several hosts share a study, and lose their network, their power or their time', async () => {
    const { sweeps, trials } = await shortForm('machines', 8);
    expect([sweeps, trials]).toEqual([1, 4]);
  });
});
