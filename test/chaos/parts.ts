import { raceOnGrid } from './grid.js';
import { killAtRandom } from './kill.js';
import { shareWithOptuna } from './optuna.js';
import type { Part } from './part.js';
import { killAtPoints } from './points.js';
import { killSchedules, killTrainersThatDisobey } from './schedules.js';
import { soak } from './soak.js';

export type PartName = 'kill' | 'points' | 'schedules' | 'trainers' | 'grid' | 'optuna' | 'soak';

export const PARTS: Readonly<Record<PartName, Part>> = {
  kill: killAtRandom,
  points: killAtPoints,
  schedules: killSchedules,
  trainers: killTrainersThatDisobey,
  grid: raceOnGrid,
  optuna: shareWithOptuna,
  soak: soak,
};
