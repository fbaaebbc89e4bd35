import { torturedGrid } from './grid.js';
import { torturedByKills } from './kill.js';
import { torturedWithOptuna } from './optuna.js';
import type { Part } from './part.js';
import { torturedAtPoints } from './points.js';
import { soaked } from './soak.js';

export type PartName = 'kill' | 'points' | 'grid' | 'optuna' | 'soak';

export const PARTS: Readonly<Record<PartName, Part>> = {
  kill: torturedByKills,
  points: torturedAtPoints,
  grid: torturedGrid,
  optuna: torturedWithOptuna,
  soak: soaked,
};
