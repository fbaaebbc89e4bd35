import { type BenchEntry, benches } from './bench.js';
import { describeMachine } from './machine.js';
import { printReport, writeReport } from './report.js';

/** `npm run bench NAME [-- --quick]`: prints the tables and writes docs/bench/NAME.md and .json. */
async function main(args: readonly string[]): Promise<number> {
  const quick = args.includes('--quick');
  const [name, ...rest] = args.filter((arg) => arg !== '--quick');
  const entry = benches.find((candidate) => candidate.name === name);
  if (entry === undefined || rest.some((arg) => !entry.flags?.includes(arg))) {
    console.error(usage(args.join(' '), benches));
    return 2;
  }
  const bench = await entry.load();
  const machine = describeMachine();
  const report = await bench({ quick, say: (line) => console.error(line), flags: new Set(rest) });
  if (report === null) {
    console.log('nothing was written');
    return 0;
  }
  printReport(report);
  console.log(`\nwritten: ${writeReport(entry.name, report, machine, { quick, flags: rest }).join(', ')}`);
  return 0;
}

function usage(got: string, known: readonly BenchEntry[]): string {
  const list = known.map(({ name, summary }) => `  ${name}  ${summary}`).join('\n');
  const what = `error[bench.unknown]: expected the name of a bench, got ${JSON.stringify(got)}`;
  return `${what}\n${list}\n  fix: npm run bench NAME, or npm run bench NAME -- --quick for a small version`;
}

process.exitCode = await main(process.argv.slice(2));
