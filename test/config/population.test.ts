import { expect, test } from 'vitest';
import { mistakes, own } from './files.js';

const file = (more: string) => own(`parameters: { x: { min: 0, max: 1 } }\nscheduler: pbt\n${more}`);

test('population-based training refuses a sweep without checkpoints', async () => {
  const shown = await mistakes(file('checkpoints: off'));
  expect(shown).toContain('the scheduler pbt continues checkpoints, got checkpoints: off');
  expect(shown).toContain('fix: remove the line, or write checkpoints: remove');
});

test.each(['repeats: 3', 'repeats: { max: 3, race: true }'])(
  'population-based training refuses several trials of a configuration: %s',
  async (repeats) => {
    expect(await mistakes(file(repeats))).toContain('expects one trial of each configuration');
  },
);
