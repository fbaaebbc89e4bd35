import { type BenchEntry, benches } from './bench.js';
import { describeMachine } from './machine.js';
import { printReport, writeReport } from './report.js';

/** `npm run bench NAME [-- --quick]`: prints the tables and writes docs/bench/NAME.md and .json. */
async function main(args: readonly string[]): Promise<number> {
  const quick = args.includes('--quick');
  const [name, ...rest] = args.filter((arg) => arg !== '--quick');
  const entry = benches.find((candidate) => candidate.name === name);
  const given = entry && readFlags(entry, rest);
  if (!entry || !given) {
    console.error(usage(args.join(' '), benches));
    return 2;
  }
  const bench = await entry.load();
  const machine = describeMachine();
  const report = await bench({ quick, say: (line) => console.error(line), ...given });
  if (report === null) {
    console.log('nothing was written');
    return 0;
  }
  printReport(report);
  // Other data than the project's own are not for its documents.
  const draft = quick || given.values.size > 0;
  console.log(
    `\nwritten: ${writeReport(entry.name, report, machine, { draft, flags: [...given.flags] }).join(', ')}`,
  );
  return 0;
}

/** Returns null where an argument is no flag of this bench, or lacks its value. */
function readFlags(entry: BenchEntry, args: readonly string[]) {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let k = 0; k < args.length; k++) {
    const arg = args[k] as string;
    const value = args[k + 1];
    if (entry.flags?.includes(arg)) flags.add(arg);
    else if (entry.values?.includes(arg) && value !== undefined) values.set(arg, args[++k] as string);
    else return null;
  }
  return { flags, values };
}

function usage(got: string, known: readonly BenchEntry[]): string {
  const list = known.map(({ name, summary }) => `  ${name}  ${summary}`).join('\n');
  const what = `error[bench.unknown]: expected the name of a bench, got ${JSON.stringify(got)}`;
  return `${what}\n${list}\n  fix: npm run bench NAME, or npm run bench NAME -- --quick for a small version`;
}

process.exitCode = await main(process.argv.slice(2));
