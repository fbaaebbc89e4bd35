import { expect, test } from 'vitest';
import { collectReport } from '../../../src/dashboard/server/collect-report.js';
import { judge } from '../../../src/dashboard/server/data/importance-task.js';
import { attemptsSeen } from '../../../src/executors/study-outputs.js';
import { openStorage } from '../../../src/storage/open.js';
import { databaseUrl, makeStudy } from './studies.js';

test('a report has the attempts, seeds and reasons of its trials, the best and the failed first, and no log', async () => {
  const url = databaseUrl();
  await makeStudy(url, { trials: 6, log: 'a secret\n' });
  const report = await collectReport(
    {
      url,
      version: '1',
      openStorage: () => openStorage(url, { create: false, readOnly: true }),
      attemptsHere: () => attemptsSeen(async () => null),
      judge: async (task) => judge(task),
    },
    'study',
  );
  const numbers = report.trials.map(({ number }) => number);
  expect(numbers.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(numbers.slice(0, report.study.bestTrials.length)).toEqual(report.study.bestTrials);
  expect(numbers[report.study.bestTrials.length]).toBe(2);
  for (const { seed, attempts } of report.trials) {
    expect(seed).toEqual(expect.any(Number));
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.hasLog).toBe(false);
  }
  expect(report.trials.find(({ number }) => number === 2)?.reason).toMatch(/exit code/);
});
