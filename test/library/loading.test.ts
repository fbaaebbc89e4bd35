import { describe, expect, test } from 'vitest';
import { loadedBy, packagesOf } from '../support/loaded-modules.js';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;

describe("import 'hpo'", () => {
  test('loads what names distributions and errors, and no package', () => {
    const loaded = loadedBy(`await import(${JSON.stringify(LIBRARY)})`);
    expect(loaded).toContain('src/library.ts');
    expect(loaded.filter((each) => !/^src\/(core|protocol|index|library)/.test(each))).toEqual([]);
    expect(loaded.length).toBeLessThan(20);
  });
});

describe('a study in memory', () => {
  const loaded = loadedBy(`
    const { createStudy, float } = await import(${JSON.stringify(LIBRARY)});
    const study = await createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) } });
    await study.optimize(({ params }) => params.x, { trials: 2 });
    await study.tell(await study.ask(), 1);
  `);

  test('is asked, told and optimized with one small package', () => {
    expect(loaded).toContain('src/study/sweep/loop.ts');
    expect(packagesOf(loaded)).toEqual(['seedrandom']);
  });

  test('without processes, config files, other samplers, or anything of the trainer', () => {
    const heavy =
      /^src\/(cli\/|trainer\/|loggers\/|executors\/local\/executor)|^src\/config\/(?!spec-diff|duration)|yaml|zod/;
    expect(loaded.filter((each) => heavy.test(each))).toEqual([]);
    const algorithms =
      /^src\/(samplers|pruners|terminators)\/(?!registry|custom|guard|waiting|steps|random|initial-design|tried)/;
    expect(loaded.filter((each) => algorithms.test(each))).toEqual([]);
    // Each of these takes Node itself tens of milliseconds.
    const slow = ['node:child_process', 'node:http', 'node:https', 'node:net', 'node:sqlite'];
    expect(loaded.filter((each) => slow.includes(each))).toEqual([]);
  });
});
