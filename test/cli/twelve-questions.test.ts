import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere } from '../support/cli.js';
import { GPU_PATH } from '../support/gpus.js';

const PAGE = fileURLToPath(new URL('../../docs/results.md', import.meta.url));

/** Reports five epochs that end higher for larger x; x = 3 takes long enough to be pruned, and x = 4 fails. */
const TRAINER = `for argument in "$@"; do case $argument in x=*) x=\${argument#x=};; esac; done
if [ "$x" = 4 ]; then echo 'RuntimeError: out of memory' >&2; exit 3; fi
for epoch in 1 2 3 4 5; do
  echo "METRIC epoch=$epoch loss=$x.$((9 - epoch))"
  if [ "$x" = 3 ]; then sleep 0.1; fi
done
`;

/** What the answer to each question contains. */
const ANSWERS: Readonly<Record<string, RegExp>> = {
  'Where is the best region?': /loss over .*loss by parameter/s,
  'Which parameters matter?': /x .*[01]\.\d/,
  'Do the best five differ, or is it noise?': /loss.*std/,
  'How did it get there?': /History of loss/,
  'What did a scheduler or pruner save?': /saved \d+ %: \d+ of \d+ epochs spent/,
  'How did the best ten learn?': /Learning curves of loss/,
  "Is it better than yesterday's?": /yesterday.*\n.*today/,
  'How do others see it?': /report\.html/,
  'What failed, and why?': /exit code 3.*RuntimeError: out of memory/s,
  'Where is every step?': /steps\.csv/,
  'How is the best trained again?': /x=1 opt=/,
  'What ran on which GPU, and when?': /device.*COMPLETE\s+[01] .*Timeline/s,
};

function sweep(study: string): string {
  return JSON.stringify({
    study,
    objective: { metric: 'loss', direction: 'minimize' },
    trainer: { command: ['sh', 'train.sh', '${overrides}'] },
    sampler: 'grid',
    // Three configurations, with x = 1 and x = 2, are complete before anything is pruned.
    pruner: { name: 'median', startup_trials: 3, warmup_steps: 0 },
    repeats: 2,
    parameters: { x: [1, 2, 3, 4], opt: ['sgd', 'adam'] },
    devices: [0, 1],
  });
}

/** Rows of the table below a heading: their first two cells. */
function rows(heading: string): (readonly [string, string])[] {
  const section = readFileSync(PAGE, 'utf8').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (.+?) \| (`.+?`) \|/gm)].map(([, question = '', commands = '']) => [
    question,
    commands,
  ]);
}

test('each of the twelve questions of docs/results.md is answered by its command', async () => {
  const cwd = makeProject({
    'train.sh': TRAINER,
    'cfg/sweep.yaml': sweep('today'),
    'cfg/yesterday.yaml': sweep('yesterday'),
  });
  const env = { PATH: GPU_PATH };
  // Trials that fail are part of the questions.
  for (const file of ['cfg/yesterday.yaml', 'cfg/sweep.yaml'])
    await runHere(['optimize', '--sweep', file], { cwd, env });
  const failed = JSON.parse(await hpo(cwd, 'trials', '--state', 'fail', '--json')) as { number: number }[];
  const questions = rows('Twelve questions');
  expect(questions.map(([question]) => question)).toEqual(Object.keys(ANSWERS));
  const answers = await Promise.all(
    questions.map(async ([question, commands]) => {
      const texts = [...commands.matchAll(/hpo ([^`)]+)/g)].map(([, args = '']) =>
        // The failed trials of this sweep have other numbers.
        args.replace(/^logs \d+/, `logs ${failed[0]?.number}`).split(' '),
      );
      const said: string[] = [];
      for (const args of texts) said.push(await hpo(cwd, ...args));
      return [question, said.join('')] as const;
    }),
  );
  for (const [question, said] of answers) expect(said, question).toMatch(ANSWERS[question] as RegExp);
  expect(existsSync(join(cwd, 'report.html'))).toBe(true);
  const best = await hpo(cwd, 'best', '--args');
  const again = execFileSync('sh', ['train.sh', ...best.trim().split(' ')], { cwd, encoding: 'utf8' });
  expect(again).toContain('METRIC epoch=5 loss=1.4');
  // The command of the study, in its folder.
  const line = await hpo(cwd, 'best', '--command');
  expect(line).toMatch(/HPO_SEED=\d+ .*sh train\.sh x=1 opt=\S+\n$/);
  expect(execFileSync('sh', ['-c', line], { cwd, encoding: 'utf8' })).toContain('METRIC epoch=5 loss=1.4');
});
