import { writeSync } from 'node:fs';
import { type DoctorOptions, runCheck } from './check.js';
import { MARK } from './examine.js';
import { parts } from './parts.js';

// One part of the examination, in a process of its own: `node worker.js PART OPTIONS`, the options as JSON. Whatever it
// loads may kill it, hang it or print what it likes; each row stands on a line of its own that begins with the mark.

const [, , name, given = '{}'] = process.argv;
const part = parts.find((each) => each.name === name);
if (part === undefined) throw new Error(`expected the name of a part, got ${name}`);
const options = JSON.parse(given) as DoctorOptions;
for (const check of await part.load())
  for (const row of await runCheck(check, options)) writeSync(1, `\n${MARK}${JSON.stringify(row)}\n`);
// Nothing that a library left running is waited for.
process.exit(0);
