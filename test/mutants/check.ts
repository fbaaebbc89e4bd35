import { missingTest, mutatedFiles, ROOT } from './apply.js';
import { MUTANTS, type NamedMutant } from './tables.js';

/** `npm run check:mutants`: says whether every mutant still fits the sources. It runs no test. */
function main(): number {
  const problems = MUTANTS.flatMap((mutant) => problemsOf(mutant));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`\nfix: change the anchors in test/mutants/ to what the sources say now`);
    return 1;
  }
  console.log(`${MUTANTS.length} mutants fit the sources and name tests that exist`);
  return 0;
}

function problemsOf(mutant: NamedMutant): string[] {
  const label = `test/mutants/${mutant.module}.ts: ${mutant.name}`;
  const problems: string[] = [];
  if (MUTANTS.filter(({ name }) => name === mutant.name).length > 1)
    problems.push(`${label}: two mutants have this name`);
  try {
    mutatedFiles(mutant, ROOT);
  } catch (error) {
    problems.push(`${label}: ${(error as Error).message}`);
  }
  const missing = missingTest(mutant, ROOT);
  if (missing !== null) problems.push(`${label}: ${missing}`);
  return problems;
}

process.exitCode = main();
