import type { Control } from './control.js';
import { enqueue } from './enqueue.js';
import { hide } from './hide.js';
import { note } from './note.js';
import { pause } from './pause.js';
import { resume } from './resume.js';
import { retry } from './retry.js';
import { set } from './set.js';
import { stop } from './stop.js';

/**
 * Every control. To add one: a file, a line here, a command of `hpo`, and arguments for the suite (docs/extending.md). The
 * page of the dashboard and its HTTP interface follow.
 */
export const CONTROLS = { pause, resume, set, stop, enqueue, retry, note, hide } as const;
export type ControlName = keyof typeof CONTROLS;

/** All controls, for loops over them. */
export const controls = Object.values(CONTROLS) as readonly Control<unknown>[];
