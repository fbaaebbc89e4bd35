import { livenessBySight, type OwnedLiveness, openLiveness } from '../liveness/liveness.js';

/** Returns the liveness of a folder whose processes hold locks in its `owners` folder. Without SQLite, pids decide. */
export async function livenessIn(folder: string): Promise<OwnedLiveness> {
  const { loadDriver } = await import('../storage/drivers/load-driver.js');
  try {
    return openLiveness(`${folder}/owners`, await loadDriver(process.env.HPO_SQLITE_DRIVER));
  } catch {
    return livenessBySight();
  }
}
