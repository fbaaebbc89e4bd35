import { writeSync } from 'node:fs';
import { type DoctorOptions, runCheck } from './check.js';
import { MARK } from './examine.js';
import { parts } from './parts.js';

// One part of the examination, in its own process: `node worker.js PART OPTIONS`, the options as JSON. A library may
// crash it, hang it or print anything; each row is on its own line that starts with the mark.

const [, , name, given = '{}'] = process.argv;
const part = parts.find((each) => each.name === name);
if (part === undefined) throw new Error(`expected the name of a part, got ${name}`);
const options = JSON.parse(given) as DoctorOptions;
for (const check of await part.load())
  for (const row of await runCheck(check, options)) writeSync(1, `\n${MARK}${JSON.stringify(row)}\n`);
// Do not wait for work that a library left running.
process.exit(0);
