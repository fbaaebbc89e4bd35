import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hpo, makeProject, runHere, startedHpo, sweepFile, trialsOf } from '../support/cli.js';

/** Counts up, and says in its attributes how many results it saw. */
const SAMPLER = `export default ({ from = 0 } = {}) => ({
  sample: (space, view, { index }) => ({ params: { x: from + index }, attrs: { seen: view.configs.length } }),
});`;
const parameters = { x: { min: 0, max: 100, int: true } };

function project(more: object, files: Readonly<Record<string, string>>): string {
  const sweep = sweepFile({ parameters, trials: 3, max_concurrent: 1, ...more });
  return makeProject({ 'cfg/sweep.yaml': sweep, ...files });
}

describe('a sampler of your own', () => {
  test('is used with its options, also when the command is run again', async () => {
    const cwd = project({ sampler: { name: './mine.mjs', from: 10 } }, { 'cfg/mine.mjs': SAMPLER });
    expect(await hpo(cwd, 'optimize')).toContain('mine.mjs: 3 trials');
    await hpo(cwd, 'optimize', '--trials', '+2');
    expect((await trialsOf(cwd)).map(({ params }) => params.x)).toEqual([10, 11, 12, 13, 14]);
    expect(await hpo(cwd, 'optimize', '--trials', '+1', '--dry-run')).toContain('x=15');
  });

  test('is needed to resume, and not to read results', async () => {
    const cwd = project({ sampler: './mine.mjs' }, { 'cfg/mine.mjs': SAMPLER });
    await hpo(cwd, 'optimize');
    rmSync(join(cwd, 'cfg', 'mine.mjs'));
    const { code, stderr } = await runHere(['optimize', '--trials', '+1'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('error[config.no-such-file]')]);
    for (const command of [['best'], ['trials'], ['export-csv'], ['study', 'show', 's']])
      expect((await runHere(command, { cwd })).code).toBe(0);
  });

  test('that a database names is never run: only a sweep file says which code is its own', async () => {
    const marking = `import { writeFileSync } from 'node:fs';
writeFileSync('ran', 'yes');
${SAMPLER}`;
    const cwd = project({ sampler: './mine.mjs', pruner: 'none' }, { 'cfg/mine.mjs': marking });
    await hpo(cwd, 'optimize');
    rmSync(join(cwd, 'ran'));
    writeFileSync(join(cwd, 'cfg', 'sweep.yaml'), sweepFile({ study: 'other' }));
    for (const command of [['best'], ['trials'], ['export-csv'], ['enqueue', 'x=50'], ['study', 'list']])
      expect(
        (await runHere([...command, ...(command[0] === 'study' ? [] : ['--study', 's'])], { cwd })).code,
      ).toBe(0);
    await hpo(cwd, 'study', 'delete', 's', '--yes');
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
  });

  test('is asked for only with its sweep file', async () => {
    const cwd = project({ sampler: './mine.mjs' }, { 'cfg/mine.mjs': SAMPLER });
    await hpo(cwd, 'optimize');
    const { code, stderr } = await runHere(['ask', '--study', 's'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('error[sampler.not-here]')]);
    expect(await hpo(cwd, 'ask')).toContain('x=3');
  });

  test.each([
    ['throws', 'throw new Error("my defect")', 'error[sampler.threw]', 'my defect'],
    [
      'leaves the space',
      'return { params: { x: 101 } }',
      'error[sampler.bad-proposal]',
      'proposed 101 for x',
    ],
  ])(
    'that %s ends the sweep with an error of its own, and a corrected one resumes it',
    async (_, body, code, message) => {
      const bad = `export default { sample() { ${body}; } };`;
      const cwd = project({ sampler: './mine.mjs' }, { 'cfg/mine.mjs': bad });
      const ran = await runHere(['optimize'], { cwd });
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain(code);
      expect(ran.stderr).toContain(message);
      writeFileSync(join(cwd, 'cfg', 'mine.mjs'), SAMPLER);
      // A process keeps the file that it loaded first.
      await startedHpo(cwd, 'optimize');
      expect((await trialsOf(cwd)).map(({ params }) => params.x)).toEqual([0, 1, 2]);
    },
  );
});

describe('a pruner of your own', () => {
  test('stops trials, with its reason', async () => {
    const pruner = `export default ({ above }) => ({
  decide: ({ steps }) => ({ prune: [...steps.values()].at(-1) > above, reason: 'above ' + above }),
});`;
    const cwd = project(
      { sampler: 'random', pruner: { name: './mine.mjs', above: 5 } },
      { 'cfg/mine.mjs': pruner },
    );
    await hpo(cwd, 'optimize');
    // The first epoch of this trainer tells 9.
    expect((await trialsOf(cwd)).map(({ state, reason }) => [state, reason])).toEqual(
      Array(3).fill(['PRUNED', 'above 5']),
    );
  });

  test('of several objectives is refused, as every pruner is that does not rank', async () => {
    const objectives = [
      { metric: 'loss', direction: 'minimize' },
      { metric: 'size', direction: 'minimize' },
    ];
    const text = 'export default { decide: () => ({ prune: false }) };';
    const cwd = project(
      { objective: undefined, objectives, pruner: './mine.mjs', sampler: 'random' },
      { 'cfg/mine.mjs': text },
    );
    const { code, stderr } = await runHere(['optimize'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('one-objective')]);
  });
});
