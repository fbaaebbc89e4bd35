import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawUniform } from '../../src/core/draw.js';
import { makeRng } from '../../src/core/rng.js';
import { resolve } from '../../src/core/space.js';
import type { Problem } from './problems.js';
import type { Rival } from './rivals.js';

/** What one search found: noise-free values of the apparent best at each checkpoint, and the optimizer's own CPU time. */
export type Run = { readonly best: readonly number[]; readonly cpuSeconds: number };

/** Runs of a problem by seed: the values at the checkpoints, then the CPU seconds. Null stands for infinity. */
type Kept = { readonly of: string; readonly runs: Record<string, readonly (number | null)[]> };
type KeptFile = {
  readonly version: string;
  readonly revision: number;
  readonly problems: Record<string, Kept>;
};

/** In the repository: they take days. A change of the package's version, of the way it is run or of a problem makes them others. */
const FOLDER = fileURLToPath(new URL('./data/', import.meta.url));
const PROBES = 8;

/** Results of one rival. */
export type RivalResults = {
  /** Of its package; empty where nothing was measured. */
  readonly version: string;
  readonly run: (problem: Problem, seed: number) => Run | null;
  /** Keeps a run at once. */
  readonly keep: (problem: Problem, seed: number, run: Run) => void;
};

/** Returns the kept results of a rival, of any version where `version` is null. */
export function resultsOf(rival: Rival, version: string | null): RivalResults {
  const path = `${FOLDER}${rival.name}.json`;
  const found = read(path);
  const isCurrent =
    found !== null && found.revision === rival.revision && (version === null || found.version === version);
  const kept: KeptFile = isCurrent
    ? found
    : { version: version ?? '', revision: rival.revision, problems: {} };
  const of = (problem: Problem): Kept | null => {
    const known = kept.problems[problem.name];
    return known?.of === fingerprint(problem) ? known : null;
  };
  return {
    version: kept.version,
    run(problem, seed) {
      const row = of(problem)?.runs[seed];
      if (row === undefined) return null;
      const values = row.map((value) => value ?? Number.POSITIVE_INFINITY);
      return { best: values.slice(0, -1), cpuSeconds: values.at(-1) as number };
    },
    keep(problem, seed, { best, cpuSeconds }) {
      const known = of(problem) ?? { of: fingerprint(problem), runs: {} };
      known.runs[seed] = [...best, Number(cpuSeconds.toPrecision(3))];
      kept.problems[problem.name] = known;
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(path, textOf(kept));
    },
  };
}

/** One line for each search, so that changes can be read. */
function textOf({ version, revision, problems }: KeptFile): string {
  const texts = Object.entries(problems).map(([name, { of, runs }]) => {
    const lines = Object.entries(runs).map(([seed, row]) => `  "${seed}": ${JSON.stringify(row)}`);
    return `${JSON.stringify(name)}: {"of": "${of}", "runs": {\n${lines.join(',\n')}}}`;
  });
  const head = `"version": ${JSON.stringify(version)}, "revision": ${revision}`;
  return `{${head}, "problems": {\n${texts.join(',\n')}}}\n`;
}

function read(path: string): KeptFile | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as KeptFile;
  } catch {
    return null;
  }
}

/** Returns a text that changes with a problem: its parameters, its disturbances and its values at some points. */
export function fingerprint({ space, value, noise, outliers }: Problem): string {
  const rng = makeRng(1, 'probes');
  const values = Array.from({ length: PROBES }, () =>
    value(resolve(space, ({ distribution }) => drawUniform(distribution, rng)).params),
  );
  const what = JSON.stringify([space.params, noise, outliers, values.map((v) => v.toPrecision(10))]);
  return createHash('sha256').update(what).digest('hex').slice(0, 12);
}
