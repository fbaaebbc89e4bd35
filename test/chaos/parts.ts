import { raceOnGrid } from './grid.js';
import { killAtRandom } from './kill.js';
import { killMachines } from './machines/machines.js';
import { shareWithOptuna } from './optuna.js';
import type { Part } from './part.js';
import { killAtPoints } from './points.js';
import { killRaces } from './races.js';
import { killSchedules, killTrainersThatDisobey, killWhatKeepsCheckpoints } from './schedules.js';
import { soak } from './soak.js';

export type PartName =
  | 'kill'
  | 'points'
  | 'schedules'
  | 'trainers'
  | 'kept'
  | 'races'
  | 'grid'
  | 'machines'
  | 'optuna'
  | 'soak';

export const PARTS: Readonly<Record<PartName, Part>> = {
  kill: killAtRandom,
  points: killAtPoints,
  schedules: killSchedules,
  trainers: killTrainersThatDisobey,
  kept: killWhatKeepsCheckpoints,
  races: killRaces,
  grid: raceOnGrid,
  machines: killMachines,
  optuna: shareWithOptuna,
  soak: soak,
};
