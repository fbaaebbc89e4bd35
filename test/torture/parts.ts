import { torturedByKills } from './kill.js';
import type { Part } from './part.js';
import { torturedAtPoints } from './points.js';

export type PartName = 'kill' | 'points';

export const PARTS: Readonly<Record<PartName, Part>> = {
  kill: torturedByKills,
  points: torturedAtPoints,
};
