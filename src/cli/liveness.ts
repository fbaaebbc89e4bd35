import { livenessBySight, type OwnedLiveness, openLiveness } from '../liveness/liveness.js';
import { loadDriver } from '../storage/drivers/load-driver.js';

/** The liveness of a folder whose processes hold locks in `owners` below it; by sight alone where no SQLite loads. */
export async function livenessIn(folder: string): Promise<OwnedLiveness> {
  try {
    return openLiveness(`${folder}/owners`, await loadDriver(process.env.HPO_SQLITE_DRIVER));
  } catch {
    return livenessBySight();
  }
}
