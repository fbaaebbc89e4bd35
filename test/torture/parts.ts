import { torturedByKills } from './kill.js';
import type { Part } from './part.js';

export type PartName = 'kill';

export const PARTS: Readonly<Record<PartName, Part>> = {
  kill: torturedByKills,
};
