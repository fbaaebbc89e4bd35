// Builds nearest.c with the flags in the arguments, and prints how long it runs, as a ratio to the same with -O2.
import { execFileSync } from 'node:child_process';

const folder = process.env.HPO_TRIAL_DIR ?? '.';
const usual = build('usual', ['-O2']);
const tuned = build('tuned', process.argv.slice(2));

// In turn, so that what else the machine does slows both; the fastest of three is nearest to what the flags do.
const pairs = [1, 2, 3].map(() => [run(tuned), run(usual)]);
for (const [{ result }, { result: expected }] of pairs) {
  if (result === expected) continue;
  console.error(`error: the result is wrong: ${result}`);
  process.exit(1); // the trial fails, however fast it was
}
const [ms, usualMs] = [0, 1].map((k) => Math.min(...pairs.map((pair) => pair[k].ms)));
console.log(`METRIC ms=${ms.toFixed(2)} ratio=${(ms / usualMs).toFixed(4)}`);

function build(name, flags) {
  const words = flags.flatMap((flag) => flag.split(' ')); // a choice may be several flags
  execFileSync('gcc', [...words, 'nearest.c', '-o', `${folder}/${name}`, '-lm'], { stdio: 'inherit' });
  return `${folder}/${name}`;
}

function run(program) {
  const start = performance.now();
  const result = execFileSync(program, { encoding: 'utf8' });
  return { result, ms: performance.now() - start };
}
