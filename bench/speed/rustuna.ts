import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { BenchOptions, Section } from '../bench.js';
import { pythonOf } from '../python-part.js';
import { median } from '../stats.js';
import type { Size } from './ask-and-tell.js';
import type { SpeedPart } from './part.js';
import { runFresh } from './run-fresh.js';

const RUSTUNA = fileURLToPath(new URL('./rustuna_speed.py', import.meta.url));

/** The sizes that are compared, and the share of Rustuna's time that hpo aims at. */
const SIZES: readonly (Size & { readonly aim: number })[] = [
  { trials: 1000, floats: 10, aim: 0.75 },
  { trials: 1000, floats: 40, aim: 0.4 },
  { trials: 10_000, floats: 10, aim: 0.08 },
];
const ROUNDS = 5;

type BesideRustuna = Size & {
  readonly aim: number;
  readonly seconds: number;
  readonly rustunaSeconds: number;
  readonly version: string;
};

type Timed = { readonly seconds: number; readonly version?: string };

/** Times tpe in memory and Rustuna's TPE, each in new processes and by turns; none where Rustuna is not installed. */
export async function timeBesideRustuna({ quick, say }: BenchOptions): Promise<SpeedPart> {
  const python = pythonOf('rustuna');
  if (python === null) say('no Rustuna: bash scripts/real-parts.sh rustuna installs it');
  const rustuna = python === null ? [] : await compare(python, quick ? 20 : 1, say);
  return { section: sectionOf(rustuna), figures: { rustuna } };
}

async function compare(python: string, scale: number, say: (line: string) => void): Promise<BesideRustuna[]> {
  const found: BesideRustuna[] = [];
  for (const { trials: all, floats, aim } of SIZES) {
    const trials = all / scale;
    say(`tpe and Rustuna, ${trials} x ${floats}`);
    const size = [String(trials), String(floats)];
    const [ours, theirs]: [number[], number[]] = [[], []];
    let version = '';
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(((await runFresh('./fresh.ts', ['tpe', ...size])) as Timed).seconds);
      const { stdout } = await execa(python, [RUSTUNA, ...size]);
      const rustuna = JSON.parse(stdout) as Timed;
      theirs.push(rustuna.seconds);
      version = rustuna.version ?? '';
    }
    found.push({ trials, floats, aim, seconds: median(ours), rustunaSeconds: median(theirs), version });
  }
  return found;
}

function sectionOf(rows: readonly BesideRustuna[]): Section {
  return {
    title: 'tpe beside Rustuna',
    text: `Medians of ${ROUNDS} runs, each in a new process, with the built library, by turns with those of Rustuna ${rows[0]?.version ?? '(not installed)'}'s TPE; wall time without the start of the process, compilation included.`,
    header: ['trials x floats', 'tpe s', 'Rustuna s', 'share', 'aim'],
    rows: rows.map(({ trials, floats, seconds, rustunaSeconds, aim }) => [
      `${trials} x ${floats}`,
      seconds.toFixed(3),
      rustunaSeconds.toFixed(3),
      (seconds / rustunaSeconds).toFixed(3),
      String(aim),
    ]),
  };
}
