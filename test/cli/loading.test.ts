import { expect, test } from 'vitest';
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
