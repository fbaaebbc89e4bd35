import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { isInfrastructureError } from '../../core/infrastructure-errors.js';
import { noteSubmission } from '../batch/job-files.js';
import { noteAddress } from './control.js';

/** Makes the folder into which an attempt's output is copied, with an empty log, where they are missing. */
export function makeFolder(dir: string): void {
  mkdirSync(dir, { recursive: true });
  closeSync(openSync(join(dir, 'log'), 'a'));
}

/**
 * Makes the folder of an attempt that another host may have submitted. What is missing here says nothing of its job, so one may exist.
 * A folder that cannot be made now is tried again when there is output.
 */
export function expectOutput(dir: string, address: string): void {
  if (existsSync(join(dir, 'log'))) return;
  try {
    mkdirSync(dir, { recursive: true });
    noteAddress(dir, address);
    noteSubmission(dir);
    makeFolder(dir);
  } catch (error) {
    if (!isInfrastructureError(error, 'writing')) throw error;
  }
}
