// Says whether an attempt is alive, as another program sees it: `judge.ts DIR TOKEN`.
import { isAttemptAlive } from '../../../src/executors/local/attempt-liveness.js';

const [, , dir = '', token = ''] = process.argv;
process.stdout.write(isAttemptAlive(dir, token));
