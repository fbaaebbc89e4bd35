// A program that watches signals and never ends by itself, as if a file system hung; `last-resort.ts MS`.
import { watchSignals } from '../../src/cli/optimize/signals.js';

const limitMs = Number(process.argv[2]);
const watch = watchSignals(async () => {}, limitMs);
watch.abort.addEventListener('abort', () => watch.close());
// Longer after the first Ctrl-C than the last resort takes.
watch.drain.addEventListener('abort', () =>
  setTimeout(() => process.stdout.write('still here\n'), 3 * limitMs),
);
setInterval(() => {}, 1000);
process.stdout.write('ready\n');
