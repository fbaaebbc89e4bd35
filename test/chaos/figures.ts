import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Name of a part -> the figures of its last full run. */
export type FigureFile = Readonly<Record<string, Readonly<Record<string, number | string>>>>;

export const FIGURES_FILE = fileURLToPath(new URL('../../docs/reliability.json', import.meta.url));

export function readFigures(): FigureFile {
  return existsSync(FIGURES_FILE) ? (JSON.parse(readFileSync(FIGURES_FILE, 'utf8')) as FigureFile) : {};
}
