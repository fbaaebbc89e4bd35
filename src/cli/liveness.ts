import { livenessBySight, type OwnedLiveness, openLiveness } from '../liveness/liveness.js';
import { loadDriver } from '../storage/drivers/load-driver.js';

/** Returns the liveness of a folder whose processes hold locks in its `owners` folder. Without SQLite, pids decide. */
export async function livenessIn(folder: string): Promise<OwnedLiveness> {
  try {
    return openLiveness(`${folder}/owners`, await loadDriver(process.env.HPO_SQLITE_DRIVER));
  } catch {
    return livenessBySight();
  }
}
