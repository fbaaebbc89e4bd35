import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { sweepJsonSchema } from '../../src/config/json-schema.js';
import { loadSweep } from '../../src/config/load.js';
import { mistakes, own } from './files.js';

const SWEEP = 'parameters: { x: { min: 0, max: 1 } }\n';

/** A folder that stays for the whole test: what is loaded from it is used later. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-own-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const load = (sweepText: string, files: Readonly<Record<string, string>>) => {
  const folder = project({ ...files, 'sweep.yaml': own(`${sweepText}${SWEEP}`) });
  return { folder, loaded: loadSweep({ sweepFile: join(folder, 'sweep.yaml') }) };
};

describe('a sampler of your own', () => {
  it('is the default export of a file beside the sweep file, stored by its path', async () => {
    const text = 'export default { sample: () => ({ params: { x: 0.5 } }) };';
    const { folder, loaded } = load('sampler: ./mine.mjs\n', { 'mine.mjs': text });
    const { spec, own: parts } = await loaded;
    expect(spec.sampler).toEqual({ name: join(folder, 'mine.mjs'), options: {} });
    expect(parts.sampler?.sample({} as never, {} as never, {} as never)).toEqual({ params: { x: 0.5 } });
    expect(parts.pruner).toBeUndefined();
  });

  it('may be a function of its options', async () => {
    const text =
      'export default ({ at, list }) => ({ sample: () => ({ params: { x: at + list.length } }) });';
    const { loaded } = load('sampler: { name: ./mine.mjs, at: 0.25, list: [1] }\n', { 'mine.mjs': text });
    const { spec, own: parts } = await loaded;
    expect(spec.sampler.options).toEqual({ at: 0.25, list: [1] });
    expect(parts.sampler?.sample({} as never, {} as never, {} as never)).toEqual({ params: { x: 1.25 } });
  });

  it('is looked for where the sweep file lies, or where an absolute path says', async () => {
    const folder = project({ 'mine.mjs': 'export default { decide: () => ({ prune: false }) };' });
    const { loaded } = load(`pruner: ${join(folder, 'mine.mjs')}\n`, {});
    expect((await loaded).spec.pruner.name).toBe(join(folder, 'mine.mjs'));
  });

  it.each([
    [
      'sampler: ./gone.mjs\n',
      {},
      'sweep.yaml:3:10 error[config.no-such-file]: expected a file with a sampler at gone.mjs, got none\n  fix: paths are relative to the sweep file',
    ],
    [
      'pruner: { name: ./mine.mjs }\n',
      { 'mine.mjs': 'export const decide = 1;' },
      'sweep.yaml:3:17 error[config.bad-pruner]: expected the default export of "./mine.mjs" to be a pruner { decide(trial, view) }, or a function of its options that returns one, got no default export',
    ],
    [
      'sampler: ./mine.mjs\n',
      { 'mine.mjs': 'export default { propose() {} };' },
      'sweep.yaml:3:10 error[config.bad-sampler]: expected the default export of "./mine.mjs" to be a sampler { sample(space, view, { index, rng }) }, or a function of its options that returns one, got something else (object)',
    ],
    [
      'sampler: ./mine.mjs\n',
      { 'mine.mjs': 'throw new Error("no licence");' },
      'sweep.yaml:3:10 error[config.bad-sampler]: the sampler "./mine.mjs" cannot be loaded: Error: no licence',
    ],
    [
      'sampler: { name: ./mine.mjs, at: 2 }\n',
      { 'mine.mjs': 'export default ({ at }) => { throw new RangeError(`at is ${at}`); };' },
      'sweep.yaml:3:18 error[config.bad-sampler]: the sampler "./mine.mjs" cannot be loaded: RangeError: at is 2',
    ],
  ])('%j with %j is told of at its place', async (text, files, message) => {
    expect(await mistakes(own(`${text}${SWEEP}`), files as Record<string, string>)).toBe(message);
  });

  it.each(['mine.mjs', 'my/mine.mjs', '~/mine.mjs', 'data:text/javascript,export default 1', 'node:fs'])(
    '%s is no path: nothing is run that is not named by one',
    async (name) => {
      const text = 'process.exitCode = 77; export default { sample: () => ({ params: {} }) };';
      const told = await mistakes(own(`sampler: ${JSON.stringify(name)}\n${SWEEP}`), { 'mine.mjs': text });
      expect(told).toContain('expected grid, random');
      expect(process.exitCode).not.toBe(77);
    },
  );

  it('is known to editors', () => {
    const schema = z.fromJSONSchema(JSON.parse(sweepJsonSchema()));
    const accepts = (sampler: unknown) => schema.safeParse({ parameters: { x: [1] }, sampler }).success;
    expect([
      accepts('./a.js'),
      accepts('../a.js'),
      accepts('/a.js'),
      accepts({ name: './a.js', k: 1 }),
    ]).toEqual(Array(4).fill(true));
    expect([accepts('a.js'), accepts({ name: 'a.js' })]).toEqual([false, false]);
  });
});
