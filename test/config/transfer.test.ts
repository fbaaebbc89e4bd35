import { expect, test } from 'vitest';
import { load, mistakes, own } from './files.js';

const PARAMETERS = 'parameters: { x: { min: 0, max: 1 } }';

test('earlier studies are names, or names with a storage, with a weight', async () => {
  const transfer = async (text: string) => (await load(own(`${PARAMETERS}\n${text}`))).spec.transfer;
  expect(await transfer('')).toBeNull();
  expect(await transfer('transfer: { studies: [a, { study: b, storage: "sqlite:old.db" }] }')).toEqual({
    weight: 'auto',
    sources: [
      { study: 'a', storage: null },
      { study: 'b', storage: 'sqlite:old.db' },
    ],
    earlier: [],
  });
  expect(await transfer('transfer: { studies: [a], weight: 0.5 }')).toMatchObject({ weight: 0.5 });
});

test.each([
  ['transfer: [a]', 'expected a mapping'],
  ['transfer: { studies: [] }', 'sweep.yaml:'],
  ['transfer: { studies: [a, a] }', 'error[config.duplicate-value]: study a is given twice'],
  ['transfer: { studies: [a], weight: 2 }', 'sweep.yaml:'],
  ['transfer: { studies: [a], wieght: 1 }', 'error[config.unknown-key]'],
  ['transfer: { studies: [a] }\nsampler: grid', 'the sampler grid does not learn from earlier studies'],
])('%s is refused, with its place', async (text, message) => {
  const shown = await mistakes(own(`${PARAMETERS}\n${text}`));
  expect(shown).toContain(message);
  expect(shown).toMatch(/sweep\.yaml:\d+:\d+ error\[config\./);
});

test('several objectives have no earlier studies', async () => {
  const two = `objectives:
  - { metric: loss, direction: minimize }
  - { metric: size, direction: minimize }
trainer: { command: [./train] }
${PARAMETERS}
transfer: { studies: [a] }`;
  expect(await mistakes(two)).toContain(
    'error[config.no-transfer]: earlier studies help to search for one objective',
  );
});
