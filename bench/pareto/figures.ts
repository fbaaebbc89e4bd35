import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The hypervolume after each checkpoint, for each seed, by problem and rival. */
export type RivalFigures = {
  readonly about: string;
  readonly version: string;
  readonly problems: Record<string, Record<string, number[][]>>;
};

export const CHECKPOINTS = [25, 50, 100] as const;
export const FILE = fileURLToPath(new URL('./data/optuna.json', import.meta.url));

/** Returns what was recorded of Optuna's samplers; no problems before the first recording. */
export function rivalFigures(): RivalFigures {
  if (existsSync(FILE)) return JSON.parse(readFileSync(FILE, 'utf8')) as RivalFigures;
  return { about: '', version: '', problems: {} };
}
