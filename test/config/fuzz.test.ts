import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadSweep } from '../../src/config/load.js';
import { HpoError, HpoErrors } from '../../src/core/errors.js';
import { loadComponents } from '../../src/study/components.js';

/** The long form: HPO_TORTURE_RUNS=100000 npx vitest run test/config/fuzz.test.ts. */
const RUNS = Number(process.env.HPO_TORTURE_RUNS ?? 50);
const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'hpo-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sweeps = ['.', ...readdirSync(join(ROOT, 'examples')).map((name) => join('examples', name))]
  .map((at) => join(ROOT, at, 'cfg/sweep.yaml'))
  .filter((file) => existsSync(file))
  .map((file) => readFileSync(file, 'utf8'));
const configs = [readFileSync(join(ROOT, 'cfg/config.yaml'), 'utf8'), 'seed: 1\nlearner: { opt: adam }\n'];

// What a file holds by accident or by intent.
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      '',
      0,
      -1,
      -0,
      1.5,
      1e308,
      2 ** 53,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      [],
      {},
      [[]],
      [null],
    ],
    ...[
      '__proto__',
      'constructor',
      'toString',
      '../../etc/passwd',
      '/dev/zero',
      'a\0b',
      '\u001b[2J',
      '$(reboot)',
    ],
    ...[
      '\ud800',
      '=1+1',
      '1e999',
      'none',
      'grid',
      'x'.repeat(5000),
      '*',
      '&a',
      '<<',
      '${overrides}',
      '${',
      '2h',
    ],
    ...[{ constructor: 1 }, { prototype: { x: 1 } }, { toString: [1] }, { hasOwnProperty: 1 }, { '': 1 }],
    ...[
      { min: 0, max: 1 },
      { min: 1, max: 0, log: true },
      { min: 0, max: 1, step: 1e-300 },
      { min: 0, max: 1, steps: 1e9 },
    ],
    ...[
      { values: [1, 1] },
      { when: { x: 1 } },
      { name: 'grid', x: 1 },
      { lt: 1 },
      { min: -1e308, max: 1e308 },
    ],
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

type Step = readonly [where: number, how: number, what: unknown];
const steps = fc.array(fc.tuple(fc.nat(), fc.nat(), hostile), { minLength: 1, maxLength: 4 });

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;

/** Bytes that YAML, UTF-8 and people have trouble with. */
const BYTES = [
  0, 9, 10, 13, 27, 32, 33, 34, 38, 39, 42, 44, 45, 58, 60, 62, 63, 91, 93, 123, 124, 125, 126, 128, 194, 226,
  255,
];

function byBytes(text: string, all: readonly Step[]): Buffer {
  let bytes = Buffer.from(text);
  for (const [where, how] of all) {
    const at = where % (bytes.length + 1);
    const piece = how % 3 === 0 ? Buffer.alloc(0) : Buffer.from([pick(BYTES, how)]);
    const cut = how % 3 === 1 ? 0 : 1 + (how % 7);
    bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + cut)]);
  }
  return bytes;
}

function byLines(text: string, all: readonly Step[]): Buffer {
  const lines = text.split('\n');
  for (const [where, how, what] of all) {
    const at = where % lines.length;
    const line = lines[at] ?? '';
    const other = pick(lines, how);
    const with_ = [
      () => lines.splice(at, 1),
      () => lines.splice(at, 0, other),
      () => lines.splice(at, 1, ` ${line}`),
      () => lines.splice(at, 1, line.replace(/^ {1,2}/, '')),
      () => lines.splice(at, 1, line.replace(/:.*/, `: ${JSON.stringify(what)}`)),
      () => lines.splice(at, 1, line.replace(/: /, ': &a ')),
      () => lines.splice(at, 1, line.replace(/:.*/, ': *a')),
      () => lines.splice(at, 1, line.replace(/[^ :]+:/, '<<:')),
      () => lines.splice(at, 1, line.replace(/[^ :]+:/, '__proto__:')),
      () => lines.splice(at, 0, '---'),
      () => lines.splice(at, 1, line.replace(/: /, ': !!binary ')),
      () => lines.splice(at, 1, `${line}${'['.repeat(1 + (where % 100))}`),
    ];
    pick(with_, how)();
  }
  return Buffer.from(lines.join('\n'));
}

function places(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...places(holder[key])]);
}

function byStructure(text: string, all: readonly Step[]): Buffer {
  const root = { sweep: parse(text) as unknown };
  for (const [where, how, what] of all) {
    const found = places(root);
    if (found.length === 0) continue;
    const { holder, key } = pick(found, where);
    const changes = [
      () => (holder[key] = structuredClone(what)),
      () => delete holder[key],
      () => (holder[key] = [holder[key]]),
      () => (holder[key] = { [pick(['name', 'values', 'x', 'when', 'constructor'], where)]: holder[key] }),
      // Not a far place of a list, which would be as long as that.
      () => (holder[typeof what === 'string' ? what : String(where % 50)] = holder[key]),
      () => (holder[key] = pick(found, how).holder),
    ];
    pick(changes, how)();
    // Its own holder may have got into it.
    try {
      JSON.stringify(root);
    } catch {
      holder[key] = null;
    }
  }
  return Buffer.from(stringify(root.sweep) ?? '');
}

/** It loads, and what it loaded can be searched or is refused; or a person is told what is wrong and where. */
async function check(sweep: Uint8Array, config: Uint8Array): Promise<'loaded' | 'refused'> {
  const sweepFile = join(folder, 'sweep.yaml');
  writeFileSync(sweepFile, sweep);
  writeFileSync(join(folder, 'config.yaml'), config);
  try {
    const { spec } = await loadSweep({ sweepFile });
    JSON.stringify(spec);
    await loadComponents(spec).catch((error: unknown) => {
      if (!(error instanceof HpoError && error.usage)) throw error;
    });
    return 'loaded';
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    expect(error.usage).toBe(true);
    for (const each of error instanceof HpoErrors ? error.errors : [error]) {
      expect(each.code).toMatch(/^config\.[a-z-]+$/);
      expect(each.place?.file.startsWith(folder)).toBe(true);
      expect(each.place?.line).toBeGreaterThan(0);
      expect(each.place?.column).toBeGreaterThan(0);
      expect(each.format()).toMatch(/^\S+:\d+:\d+ error\[config\.[a-z-]+\]: \S/);
      expect(each.format()).not.toMatch(/\bundefined\b|\[object |call stack|Cannot read|is not a function/);
    }
    return 'refused';
  }
}

test.each([
  ['byte by byte', byBytes],
  ['line by line', byLines],
  ['in its structure', byStructure],
])('a sweep file changed %s loads, or says what is wrong and where', async (_, mutate) => {
  expect(sweeps.length).toBeGreaterThan(3);
  const seen = { loaded: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...sweeps), steps, async (text, all) => {
      seen[await check(mutate(text, all), Buffer.from(configs[0] ?? ''))]++;
    }),
    // Enough to see both.
    { numRuns: 4 * RUNS },
  );
  // It would prove nothing if one of both never came.
  expect(Math.min(seen.loaded, seen.refused)).toBeGreaterThan(0);
});

test.each([
  ['byte by byte', byBytes],
  ['line by line', byLines],
  ['in its structure', byStructure],
])('a run configuration changed %s loads, or says what is wrong and where', async (_, mutate) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...configs),
      fc.constantFrom(...sweeps),
      steps,
      async (text, sweep, all) => {
        await check(Buffer.from(sweep), mutate(text, all));
      },
    ),
    { numRuns: RUNS },
  );
});

test('any text at all loads or is refused', async () => {
  const soup = fc.array(
    fc.oneof(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '\n',
        '  ',
        '[',
        ']',
        '{',
        '}',
        ', ',
        '&a ',
        '*a',
        '!!x ',
        '|',
        '>',
        '#',
        '"',
        "'",
      ),
      fc.constantFrom(
        'parameters:',
        'sampler: ',
        '? ',
        '<<: ',
        '%YAML 1.1\n',
        '---\n',
        '...\n',
        '\t',
        '\r',
        '\u2028',
        '\ufeff',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(soup, async (all) => {
      await check(Buffer.from(all.join('')), Buffer.from(''));
    }),
    { numRuns: RUNS },
  );
});
