import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { postgresPrograms } from '../../scripts/real/postgres.mjs';
import { canBeApart, canBeHosts } from './apart.js';
import { canFreeze } from './freezer.js';
import { lavapipeDriver } from './lavapipe.js';

/** A real program or module that a test needs, and that some machines lack. */
export type RealPart =
  | 'bash'
  | 'chromium'
  | 'fish'
  | 'frameworks'
  | 'freezer'
  | 'gcc'
  | 'gridengine'
  | 'kubernetes'
  | 'hosts'
  | 'lavapipe'
  | 'mlflow'
  | 'mcp'
  | 'newest-optuna'
  | 'namespaces'
  | 'optuna'
  | 'optuna-tables'
  | 'optuna-postgres'
  | 'parsers'
  | 'postgres'
  | 'python'
  | 'r'
  | 'ray'
  | 'slurm'
  | 'sqlite3'
  | 'tensorboard'
  | 'tfjs-node'
  | 'torch'
  | 'wandb'
  | 'node:sqlite'
  | 'zsh'
  | '@wandb/sdk';

type Probe = { readonly present: () => boolean; readonly install: string; readonly required: boolean };

/** Returns the probe of a program from a Debian package of the same name. */
function program(name: string): Probe {
  return {
    present: () => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
    install: `apt-get install -y ${name}`,
    required: true,
  };
}

/** The folder where scripts/real-parts.sh installs what npm ci and Debian do not provide. */
const INSTALLED =
  process.env.HPO_REAL_PARTS ??
  join(process.env.XDG_CACHE_HOME || join(process.env.HOME ?? '', '.cache'), 'hpo-ci');

/** Programs and folders of scripts/real-parts.sh; each exists once its installation is complete. */
export const REAL = {
  newestOptuna: join(INSTALLED, 'optuna', 'bin', 'python3'),
  optunaDashboard: join(INSTALLED, 'optuna', 'bin', 'optuna-dashboard'),
  wandb: join(INSTALLED, 'wandb', 'bin', 'wandb'),
  /** A Python with TensorBoard and Trackio. */
  tensorboard: join(INSTALLED, 'tensorboard', 'bin', 'python3'),
  trackio: join(INSTALLED, 'tensorboard', 'bin', 'trackio'),
  /** A folder with a Python that has click, typer, absl and Hydra. */
  parsers: join(INSTALLED, 'parsers', 'bin'),
  /** A Python with PyTorch Lightning, Keras, Transformers and Jupyter. */
  frameworks: join(INSTALLED, 'frameworks', 'bin', 'python3'),
  /** A Python with the schemas of Kubernetes. */
  kubernetes: join(INSTALLED, 'kubernetes', 'bin', 'python3'),
  mlflow: join(INSTALLED, 'mlflow', 'bin', 'mlflow'),
  /** A Python with a client of the Model Context Protocol. */
  mcp: join(INSTALLED, 'mcp', 'bin', 'python3'),
  /** The NODE_PATH that finds tfjs-node. */
  tfjsNode: join(INSTALLED, 'tfjs-node', 'node_modules'),
} as const;

/** Returns the probe of a part of scripts/real-parts.sh. */
function installed(
  name:
    | 'optuna'
    | 'wandb'
    | 'tensorboard'
    | 'tfjs-node'
    | 'parsers'
    | 'ray'
    | 'frameworks'
    | 'kubernetes'
    | 'mlflow'
    | 'mcp',
): Probe {
  return {
    present: () => existsSync(join(INSTALLED, name, '.recipe')),
    install: `bash scripts/real-parts.sh ${name}`,
    required: true,
  };
}

const PARTS: Readonly<Record<RealPart, Probe>> = {
  bash: program('bash'),
  chromium: {
    present: () => findChromium() !== null,
    install: 'apt-get install -y chromium fonts-dejavu-core',
    required: true,
  },
  fish: program('fish'),
  zsh: program('zsh'),
  freezer: {
    present: canFreeze,
    install: 'run as root where the freezer of cgroup v1 is mounted',
    required: true,
  },
  gcc: { ...program('gcc'), install: 'apt-get install -y g++' },
  gridengine: {
    present: () => existsSync('/usr/sbin/sge_qmaster') && process.getuid?.() === 0,
    install:
      'as root: apt-get install -y --no-install-recommends gridengine-master gridengine-exec gridengine-client',
    required: true,
  },
  kubernetes: installed('kubernetes'),
  mcp: installed('mcp'),
  hosts: {
    present: () => postgresPrograms() !== null && canBeHosts(),
    install:
      'run as root, with permission to create namespaces, bridges and mounts; apt-get install -y iproute2 postgresql',
    required: true,
  },
  lavapipe: {
    present: () => lavapipeDriver() !== null,
    install: 'apt-get install -y mesa-vulkan-drivers libvulkan1',
    required: true,
  },
  namespaces: {
    present: canBeApart,
    install: 'run as root, with permission to create namespaces and to mount (util-linux: unshare, setpriv)',
    required: true,
  },
  optuna: {
    present: () => findOptunaPython() !== null,
    install: 'apt-get install -y python3-optuna',
    required: true,
  },
  mlflow: installed('mlflow'),
  frameworks: installed('frameworks'),
  'newest-optuna': installed('optuna'),
  parsers: installed('parsers'),
  ray: installed('ray'),
  tensorboard: installed('tensorboard'),
  'tfjs-node': installed('tfjs-node'),
  wandb: installed('wandb'),
  // With its data frames and its importances by random forests.
  'optuna-tables': {
    present: () => pythonWith(['optuna', 'pandas', 'scipy', 'sklearn'], optunaPythons()) !== null,
    install: 'apt-get install -y python3-optuna python3-pandas python3-scipy python3-sklearn',
    required: true,
  },
  'optuna-postgres': {
    present: () =>
      postgresPrograms() !== null && pythonWith(['optuna', 'psycopg2'], optunaPythons()) !== null,
    install: 'apt-get install -y postgresql python3-optuna python3-psycopg2',
    required: true,
  },
  python: { present: () => findPython() !== null, install: 'apt-get install -y python3', required: true },
  postgres: {
    present: () => postgresPrograms() !== null,
    install: 'apt-get install -y postgresql',
    required: true,
  },
  r: {
    present: () => spawnSync('Rscript', ['--version'], { stdio: 'ignore' }).status === 0,
    install: 'apt-get install -y r-base-core',
    required: true,
  },
  slurm: {
    // Without a configuration every option of it fails.
    present: () => spawnSync('sbatch', ['--version'], { stdio: 'ignore' }).error === undefined,
    install: 'apt-get install -y --no-install-recommends slurm-wlm',
    required: true,
  },
  sqlite3: program('sqlite3'),
  torch: {
    present: () => findTorchPython() !== null,
    install: 'apt-get install -y python3-torch',
    required: true,
  },
  '@wandb/sdk': {
    present: () => findWandbSdk() !== null,
    install: 'bash scripts/real-parts.sh wandb-sdk',
    required: true,
  },
  // No package provides it for an old Node, so a run on Node 20 may skip it.
  'node:sqlite': { present: hasNodeSqlite, install: 'use Node 22.13 or later', required: false },
};

/**
 * `describe` for tests that need a real part. Without it they are skipped under a name with the install command. With
 * HPO_REQUIRE_REAL_PARTS=1 they fail instead.
 */
export function describeWithReal(part: RealPart, title: string, body: () => void): void {
  const { present, install, required } = PARTS[part];
  if (present()) {
    describe(title, body);
  } else if (required && process.env.HPO_REQUIRE_REAL_PARTS === '1') {
    test(title, () => {
      throw new Error(`${part} is missing and HPO_REQUIRE_REAL_PARTS=1: ${install}`);
    });
  } else {
    describe.skip(`${title} (needs ${part}: ${install})`, body);
  }
}

const found = new Map<string, string | null>();

/**
 * Returns a Python that can import Optuna, or null: only the one in HPO_OPTUNA_PYTHON if set, else the system's own first,
 * because the system's packages belong to it.
 */
export function findOptunaPython(): string | null {
  return pythonWith(['optuna'], optunaPythons());
}

function optunaPythons(): readonly string[] {
  const named = process.env.HPO_OPTUNA_PYTHON;
  return named ? [named] : ['/usr/bin/python3', 'python3'];
}

/** Returns a Python that can import PyTorch, or null. */
export function findTorchPython(): string | null {
  return pythonWith(['torch'], ['/usr/bin/python3', 'python3']);
}

/** Returns the folder whose node_modules holds @wandb/sdk, or null. */
export function findWandbSdk(): string | null {
  const folders = [join(INSTALLED, 'wandb-sdk'), process.cwd()];
  return (
    folders.find((folder) => {
      try {
        return createRequire(join(folder, 'package.json')).resolve('@wandb/sdk') !== '';
      } catch {
        return false;
      }
    }) ?? null
  );
}

/** Returns the path of Chromium, or null. */
export function findChromium(): string | null {
  const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return paths.find((path) => existsSync(path)) ?? null;
}

export function findPython(): string | null {
  return firstPython('import sys; sys.exit(sys.version_info < (3, 8))', ['python3', '/usr/bin/python3']);
}

/** Returns the first Python that has these modules. To import them would take seconds. */
function pythonWith(modules: readonly string[], candidates: readonly string[]): string | null {
  const lacks = `any(importlib.util.find_spec(each) is None for each in ${JSON.stringify(modules)})`;
  return firstPython(`import importlib.util, sys; sys.exit(${lacks})`, candidates);
}

function firstPython(probe: string, candidates: readonly string[]): string | null {
  let python = found.get(probe);
  if (python === undefined) {
    python =
      candidates.find((each) => spawnSync(each, ['-c', probe], { stdio: 'ignore' }).status === 0) ?? null;
    found.set(probe, python);
  }
  return python;
}

export function hasNodeSqlite(): boolean {
  return process.getBuiltinModule?.('node:sqlite') !== undefined;
}
