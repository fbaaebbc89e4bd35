import { readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDER = '/usr/share/vulkan/icd.d';

/** Returns the file by which Vulkan's loader finds Mesa's software GPU, or null where it is not installed. */
export function lavapipeDriver(): string | null {
  try {
    const name = readdirSync(FOLDER).find((each) => /^lvp_icd.*\.json$/.test(each));
    return name === undefined ? null : path.join(FOLDER, name);
  } catch {
    return null;
  }
}

/** Returns the variables that make lavapipe the only GPU of a process, even beside a real one; set them before Vulkan is loaded. */
export function lavapipeEnv(): Record<string, string> {
  return { VK_DRIVER_FILES: lavapipeDriver() ?? '' };
}
