// Runs the attempt of its argument (JSON) until descent has seen the child that its trainer tells of, lets the trainer fail,
// clears the attempt, and prints the child's pid.
import { writeFileSync } from 'node:fs';
import { NO_HOOKS } from '../../../src/executors/executor.js';
import { descent } from '../../../src/executors/local/descent.js';
import { attemptFiles } from '../../../src/executors/local/paths.js';
import { until } from '../../support/until.js';
import { setUpExecutor } from './setup.js';

const { options, attempt } = JSON.parse(process.argv[2] ?? '');
const executor = setUpExecutor(options);
let child = 0;
const outcome = executor.run(attempt, {
  ...NO_HOOKS,
  report: ([point]) => {
    child = point?.value ?? 0;
  },
  signal: new AbortController().signal,
});
await until(() => child !== 0 && descent.known(attempt.token).some(({ pid }) => pid === child));
writeFileSync(`${attemptFiles(attempt.handle, attempt.trial).trialDir}/go`, '');
await outcome;
await executor.cleanup(attempt);
process.stdout.write(String(child));
