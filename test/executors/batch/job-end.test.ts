import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jobEnd } from '../../../src/executors/batch/job-end.js';
import { QueueWatch } from '../../../src/executors/batch/queue-watch.js';
import { tempDir, until } from '../local/harness.js';

it('a look at the queue that fails has no answer, and others follow', async () => {
  const dir = join(tempDir(), 'attempt');
  mkdirSync(dir);
  let looks = 0;
  const look = async () => {
    looks++;
    throw new Error('no process could be started');
  };
  const warnings: string[] = [];
  const end = jobEnd(
    {
      dir,
      name: 'hpo-7-t',
      title: 'the queue',
      watch: new QueueWatch({ look }, 10),
      times: { visibleMs: 20, goneMs: 20, arrivalMs: 20 },
    },
    { warn: (message) => warnings.push(message), givenUp: new AbortController().signal },
  );
  await until(() => looks > 2);
  await until(() => warnings.length > 0);
  expect(warnings).toEqual([expect.stringContaining('the queue does not answer')]);
  writeFileSync(join(dir, 'exit'), '3\n');
  expect(await end).toMatchObject({ kind: 'exited', exitCode: 3 });
});
