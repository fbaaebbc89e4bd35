import { parseArgs } from 'node:util';
import { MUTANTS, type NamedMutant, TABLES } from './tables.js';
import { Tree } from './tree.js';

const USAGE = `npm run mutants [-- --only NAME] [--module ${Object.keys(TABLES).join('|')}] [--jobs N]`;

/**
 * Makes each mutant in a temporary copy of the tree. The test that it names must pass before, and fail with it. Several
 * jobs have a copy each; the tests watch processes and clocks, so more jobs than half the cores make them fail.
 */
async function main(args: readonly string[]): Promise<number> {
  const request = readRequest(args);
  if (request === null) {
    console.error(`expected: ${USAGE}`);
    return 2;
  }
  const queue = [...request.mutants];
  const counts = { caught: 0, 'not caught': 0, 'not run': 0 };
  const job = async () => {
    const tree = new Tree();
    try {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        const { kind, reason } = await tree.judge(mutant);
        counts[kind]++;
        const label = (kind === 'not caught' ? kind.toUpperCase() : kind).padEnd(12);
        console.log(`${label}${mutant.name}${reason === '' ? '' : `: ${reason}`}`);
      }
    } finally {
      tree.remove();
    }
  };
  await Promise.all(Array.from({ length: request.jobs }, job));
  console.log(
    `${counts.caught} of ${request.mutants.length} mutants are caught, ${counts['not run']} were not run`,
  );
  return counts['not caught'] === 0 ? 0 : 1;
}

/** Returns null for arguments that name no mutant. */
function readRequest(args: readonly string[]): { mutants: readonly NamedMutant[]; jobs: number } | null {
  const options = { only: { type: 'string' }, module: { type: 'string' }, jobs: { type: 'string' } } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { only, module, jobs = '1' } = values;
    const mutants = MUTANTS.filter(
      (mutant) => (only ?? mutant.name) === mutant.name && (module ?? mutant.module) === mutant.module,
    );
    return mutants.length > 0 && /^[1-9]\d?$/.test(jobs) ? { mutants, jobs: Number(jobs) } : null;
  } catch (error) {
    console.error((error as Error).message);
    return null;
  }
}

process.exitCode = await main(process.argv.slice(2));
