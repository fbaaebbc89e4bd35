import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer } from '../executors/local/harness.js';
import { makeSweep, trainersIn, until } from '../support/cli.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

test.runIf(process.platform === 'linux')(
  'a sweep that is a trial of another one is ended with its trainers when that trial is',
  async () => {
    const inner = makeSweep({ trainer: { command: [trainer('stubborn.sh')] }, max_concurrent: 2 });
    const executor = makeExecutor(tempDir(), [process.execPath, MAIN, 'optimize'], { cwd: inner });
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    // Two supervisors and two trainers.
    await until(() => trainersIn(inner).length >= 4);
    const environ = readFileSync(`/proc/${trainersIn(inner)[0]}/environ`, 'latin1');
    expect(environ).toContain(`\0HPO_OUTER_TOKENS=${attempt.token}\0`);
    hooks.stop('stopped');
    await outcome;
    await executor.cleanup(attempt);
    expect(trainersIn(inner)).toEqual([]);
    expect(readFileSync(join(inner, 'outputs/s/trial-00000.log'), 'utf8')).toContain('METRIC');
  },
);
