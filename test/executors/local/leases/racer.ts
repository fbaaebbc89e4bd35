// A program that races for a GPU when it is told to. Its argument is the folder; it reads and prints a line at a time.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Leases } from '../../../../src/executors/local/leases/leases.js';
import { livenessBySight } from '../../../../src/liveness/liveness.js';

const leases = new Leases({
  dir: process.argv[2] ?? '',
  liveness: livenessBySight(),
  onTrouble: (error) => {
    throw error;
  },
});
let held: string | null = null;
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'release') {
    if (held !== null) leases.release(held);
    held = null;
    process.stdout.write('released\n');
    continue;
  }
  // On a machine so busy that all of them give way to one another they meet again.
  for (let attempt = 0; held === null && attempt < 5; attempt++) {
    const token = crypto.randomUUID();
    if (leases.take(line.split(' '), token, 1)) held = token;
    else await sleep(20 * Math.random());
  }
  process.stdout.write(held === null ? 'lost\n' : 'won\n');
}
