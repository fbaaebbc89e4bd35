import { writeFileSync } from 'node:fs';
import { FIGURES_FILE, type FigureFile, readFigures } from './figures.js';
import { PARTS, type PartName } from './parts.js';
import { refreshPage } from './reliability.js';

/**
 * `npm run torture [-- NAME...] [--short] [--seed N]`: runs the parts, prints what they find, and writes the figures of
 * the full forms to docs/reliability.json and to the table of docs/reliability.md. `table` writes only the table.
 */
async function main(args: readonly string[]): Promise<number> {
  if (args.join() === 'table') {
    refreshPage();
    return 0;
  }
  const short = args.includes('--short');
  const at = args.indexOf('--seed');
  const seed = at < 0 ? 1 : Number(args[at + 1]);
  const names = args.filter((arg, k) => !arg.startsWith('--') && (at < 0 || k !== at + 1));
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
    console.error(
      `expected [${Object.keys(PARTS).join('|')}]... [--short] [--seed N], got: ${args.join(' ')}`,
    );
    return 2;
  }
  const wanted = (names.length > 0 ? names : Object.keys(PARTS)) as PartName[];
  let wrong = 0;
  for (const name of wanted) {
    const startedAt = performance.now();
    const { figures, faults } = await PARTS[name]({ seed, short, say: (line) => console.error(line) });
    for (const [kind, texts] of Object.entries(faults))
      for (const text of texts) console.log(`${kind}: ${text}`);
    const counts = Object.fromEntries(Object.entries(faults).map(([kind, texts]) => [kind, texts.length]));
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const measured = { ...figures, ...counts, seed, seconds, date: new Date().toISOString().slice(0, 10) };
    console.log(`${name}${short ? ' (short)' : ''}: ${JSON.stringify(measured)}`);
    wrong += Object.values(faults).flat().length;
    if (!short) keep({ [name]: measured });
  }
  return wrong > 0 ? 1 : 0;
}

function keep(measured: FigureFile): void {
  writeFileSync(FIGURES_FILE, `${JSON.stringify({ ...readFigures(), ...measured }, null, 2)}\n`);
  refreshPage();
}

process.exitCode = await main(process.argv.slice(2));
