import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnv, MAIN } from '../support/bundle.js';
import { hpo, makeProject, trialsOf } from '../support/cli.js';
import { describeWithReal, REAL } from '../support/real-part.js';
import { ROOT } from './run-example.js';

type Notebook = {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly outputs?: readonly { readonly text?: readonly string[] }[];
  }[];
};

describeWithReal('frameworks', 'examples/notebook', () => {
  test('runs in Jupyter, and hpo shows what it found', { timeout: 120_000 }, async () => {
    const cwd = makeProject();
    copyFileSync(join(ROOT, 'examples', 'notebook', 'search.ipynb'), join(cwd, 'search.ipynb'));
    // The first commands of its page.
    await hpo(cwd, 'init', '--python');
    expect(existsSync(join(cwd, 'train.py'))).toBe(false);
    const jupyter = join(dirname(REAL.frameworks), 'jupyter');
    const env = cleanEnv({
      HPO_COMMAND: `${process.execPath} ${MAIN}`,
      JUPYTER_PATH: join(dirname(REAL.frameworks), '..', 'share', 'jupyter'),
      IPYTHONDIR: join(cwd, 'ipython'),
      JUPYTER_DATA_DIR: join(cwd, 'jupyter'),
      JUPYTER_RUNTIME_DIR: join(cwd, 'runtime'),
    });
    const ran = spawnSync(jupyter, ['execute', 'search.ipynb', '--inplace'], { cwd, env, encoding: 'utf8' });
    expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
    const { cells } = JSON.parse(readFileSync(join(cwd, 'search.ipynb'), 'utf8')) as Notebook;
    const printed = cells.at(-1)?.outputs?.[0]?.text?.join('') ?? '';
    const [best] = JSON.parse(await hpo(cwd, 'best', '--study', 'notebook', '--json'));
    expect(printed).toMatch(/^best of notebook: loss \S+ with rate \S+\n$/);
    expect(Number(/loss (\S+)/.exec(printed)?.[1])).toBeCloseTo(best.value, 1);
    const states = (await trialsOf(cwd)).map(({ state }) => state);
    expect(states).toHaveLength(16);
    expect([...new Set(states)].toSorted()).toEqual(['COMPLETE', 'PRUNED']);
  });

  test('is stored without outputs', () => {
    const text = readFileSync(join(ROOT, 'examples', 'notebook', 'search.ipynb'), 'utf8');
    const { cells } = JSON.parse(text) as Notebook;
    expect(cells.flatMap(({ outputs = [] }) => outputs)).toEqual([]);
  });
});
