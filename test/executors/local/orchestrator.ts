// A program that starts one attempt and follows it, to be killed by a test. Its argument is JSON; it prints JSON lines.
import { NO_HOOKS } from '../../../src/executors/executor.js';
import { setUpExecutor } from './setup.js';

const { options, attempt } = JSON.parse(process.argv[2] ?? '');
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
const outcome = await setUpExecutor(options).run(attempt, {
  ...NO_HOOKS,
  report: (points) => {
    say({ points });
  },
  warn: (message) => say({ message }),
  signal: new AbortController().signal,
});
say({ outcome });
