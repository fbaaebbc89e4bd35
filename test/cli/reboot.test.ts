import { expect, test } from 'vitest';
import {
  hpo,
  linesOf,
  makeSweep,
  runHpo,
  spawnHpo,
  trainersIn,
  trialsOf,
  until,
  writeFiles,
} from '../support/cli.js';

const states = async (cwd: string) =>
  (await trialsOf(cwd)).map(({ state, attempt, values }) => [state, attempt, values?.[0]]);

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** A call under which everything dies at once, orchestrator, supervisors and trainers, as when the machine goes down. */
async function crash(cwd: string): Promise<void> {
  const running = spawnHpo(['optimize'], { cwd });
  const before = linesOf(cwd, 'events').length;
  await until(() => linesOf(cwd, 'events').length > before);
  await running.says(/trial 0 step 1/);
  running.kill('SIGKILL');
  await running.ended;
  await until(() => {
    const pids = trainersIn(cwd);
    // The oldest first: a supervisor that outlived its trainer would write how it ended. It may start one meanwhile.
    for (const pid of pids.sort((a, b) => a - b)) end(pid);
    return pids.length === 0;
  });
}

test.runIf(process.platform === 'linux')(
  'trials whose trainers are gone after a reboot are queued again and not failed, with number and seed',
  async () => {
    const cwd = makeSweep({ trainer: 'gate.sh', parameters: { x: [1, 2] } });
    await crash(cwd);
    const seeds = (await trialsOf(cwd)).map(({ seed }) => seed);
    writeFiles(cwd, { go: '' });
    const text = await hpo(cwd, 'optimize');
    expect(text).toContain('trial 0 is queued again: lost 1 of 3 times: exit code unknown');
    expect(await states(cwd)).toEqual([
      ['COMPLETE', 2, 1],
      ['COMPLETE', 2, 2],
    ]);
    expect((await trialsOf(cwd)).map(({ seed }) => seed)).toEqual(seeds);
  },
);

test.runIf(process.platform === 'linux')(
  'a trial that takes the machine down each time is not tried for ever',
  async () => {
    const cwd = makeSweep({ trainer: 'gate.sh', parameters: { x: [1] } });
    for (let k = 0; k < 3; k++) await crash(cwd);
    const { code } = await runHpo(['optimize'], { cwd });
    expect(code).toBe(1);
    expect(await states(cwd)).toEqual([['FAIL', 3, undefined]]);
  },
);
