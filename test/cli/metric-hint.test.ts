import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere } from '../support/cli.js';

const TRAINER = `for (let epoch = 1; epoch <= 2; epoch++) console.log(\`Epoch \${epoch} - val loss: \${process.argv[2]}, acc 91%\`);`;
const SWEEP = `objective: { metric: val_loss, direction: minimize }
trainer: { command: [node, train.mjs, "\${lr}"] }
parameters: { lr: [0.1, 0.2, 0.3, 0.4] }
max_concurrent: 1
`;

test('output with metrics that nobody reads gets the line that reads them, which works when it is pasted', async () => {
  const cwd = makeProject({ 'train.mjs': TRAINER, 'cfg/sweep.yaml': SWEEP });
  const failed = await runHere(['optimize', '--devices', 'cpu'], { cwd });
  expect(failed.code).toBe(1);
  const fix = /^fix: (metrics: .*)$/m.exec(failed.stderr)?.[1] ?? '';
  expect(fix).toMatch(/^metrics: \{ format: regex, pattern: '.*' \}$/);
  appendFileSync(join(cwd, 'cfg/sweep.yaml'), `${fix}\n`);
  // No result depends on how metrics were read before.
  expect(await hpo(cwd, 'optimize', '--devices', 'cpu', '--retry-failed')).toContain('4 complete');
  const other = makeProject({ 'train.mjs': 'console.log("nothing")', 'cfg/sweep.yaml': SWEEP });
  expect((await runHere(['optimize', '--devices', 'cpu'], { cwd: other })).stderr).not.toContain(
    'fix: metrics',
  );
});
