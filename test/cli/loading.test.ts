import { expect, test } from 'vitest';
import { createStudy, float } from '../../src/index.js';
import { sqliteUrl } from '../library/support.js';
import { loadedBy, packagesOf } from '../support/loaded-modules.js';

const MAIN = new URL('../../dist/cli/main.js', import.meta.url).href;

const startedWith = (args: readonly string[]) =>
  loadedBy(`process.argv.push('hpo', ...${JSON.stringify(args)}); await import(${JSON.stringify(MAIN)});`);

test.each([[['--version']], [['--help']], [['study', '--help']]])(
  'hpo %j loads the packages that every command needs, none that draws tables',
  (args) => {
    expect(packagesOf(startedWith(args)).toSorted()).toEqual(['commander', 'seedrandom']);
  },
);

test.each([[['trials']], [['best']], [['summary']], [['study', 'list']]])(
  'hpo %j as JSON loads nothing that draws tables',
  async (command) => {
    const storage = sqliteUrl();
    {
      await using study = await createStudy({ storage, direction: 'minimize', space: { x: float(0, 1) } });
      await study.optimize(({ params }) => params.x, { trials: 1 });
    }
    const loaded = startedWith([...command, '--json', '--storage', storage]);
    expect(packagesOf(loaded)).not.toContain('string-width');
  },
);
