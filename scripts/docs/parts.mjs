// Programs that some blocks of the documentation need, and some machines lack: `<!-- run: needs PART -->`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const { XDG_CACHE_HOME, HPO_REAL_PARTS } = process.env;
const installed = HPO_REAL_PARTS || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'hpo-ci');
const optuna = join(installed, 'optuna', 'bin');
const VULKAN = '/usr/share/vulkan/icd.d';

/** Each part: whether it is there, how it is installed, and the folder of its programs, first in the PATH of the block. */
export const PARTS = {
  jq: {
    present: () => spawnSync('jq', ['--version'], { stdio: 'ignore' }).status === 0,
    install: 'apt-get install -y jq',
    path: [],
  },
  optuna: {
    present: () => existsSync(join(installed, 'optuna', '.recipe')),
    install: 'bash scripts/real-parts.sh optuna',
    path: [optuna],
  },
  lavapipe: {
    present: () => existsSync(VULKAN) && readdirSync(VULKAN).some((name) => name.includes('lvp')),
    install: 'apt-get install -y mesa-vulkan-drivers libvulkan1',
    path: [],
  },
};
