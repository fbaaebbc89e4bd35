import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { linesOf, makeSweep, spawnHpo, trainersIn, trialsOf, until, writeFiles } from '../support/cli.js';

const TRAINER = fileURLToPath(new URL('../fixtures/cli/retitled.pl', import.meta.url));

test.runIf(process.platform === 'linux')(
  'a trainer that overwrites its environment is not started a second time while it runs, though all around it was killed',
  async () => {
    const cwd = makeSweep({ trainer: { command: [TRAINER] }, parameters: { x: [1] } });
    const first = spawnHpo(['optimize'], { cwd });
    await until(() => linesOf(cwd, 'events').length === 1);
    const [supervisor = 0] = trainersIn(cwd);
    first.kill('SIGKILL');
    await first.ended;
    process.kill(supervisor, 'SIGKILL');
    await until(() => trainersIn(cwd).length === 0);
    const second = spawnHpo(['optimize'], { cwd });
    await second.says(/2 slots/);
    // What the first attempt says from now on is heard by the second call: it follows that process.
    writeFiles(cwd, { speak: '' });
    await until(() => readFileSync(join(cwd, 'outputs/s/trial-00000.log'), 'utf8').includes('epoch=2'));
    expect((await trialsOf(cwd))[0]).toMatchObject({ state: 'RUNNING', attempt: 1 });
    writeFiles(cwd, { go: '' });
    expect((await second.ended).code).toBe(0);
    expect(linesOf(cwd, 'events').map((line) => line.split(' ')[0])).toEqual(['start', 'end']);
    expect(await trialsOf(cwd)).toMatchObject([{ state: 'COMPLETE', attempt: 1, values: [0.25] }]);
  },
);
