import { readExit, readLaunchOwner } from '../process/attempt-dir.js';
import { attemptProcesses, isAlive } from '../process/process-tree.js';

/**
 * Whether an attempt whose orchestrator died still runs: processes carry its token, and its exit code is not on file.
 * `dir` null: it is not known, and the token alone decides.
 */
export function isAttemptAlive(token: string, dir: string | null): boolean {
  if (dir === null) return attemptProcesses(null, token).length > 0;
  try {
    // Children that a trainer left behind when it ended are let be, and hold nothing.
    if (readExit(dir) !== null) return false;
    const launch = readLaunchOwner(dir);
    const supervisor = launch.kind === 'supervisor' ? launch.pid : null;
    if (supervisor !== null && isAlive(supervisor, token)) return true;
    return attemptProcesses(supervisor, token).length > 0;
  } catch {
    return attemptProcesses(null, token).length > 0; // a folder that cannot be read proves nothing
  }
}
