import type { RunConfig } from '../../config/run-config.js';
import { HpoError, usageError } from '../../core/errors.js';
import { fixIn, isAbsent, reasonOf } from './reason.js';
import { type BackendEntry, backends } from './registry.js';
import type { Backend } from './tf.js';

/** A backend that cannot be used, with what it threw. */
type Failed = { readonly entry: BackendEntry; readonly thrown: unknown };

/**
 * Returns the first backend of the registry that works here and that the device allows. `cpu` skips GPU backends. `gpu`
 * accepts only them, and none that would compute on the CPU. The name of a backend accepts that one alone.
 *
 * A backend that is not installed is skipped silently. One that is installed but broken, or finds no GPU, is reported in
 * one line to `tell`, and the next one is used.
 * @throws HpoError trainer.no-gpu (a usage error) when a GPU is required and none can be used; trainer.missing-package
 *   when nothing is installed (a usage error for a named backend), trainer.no-backend when nothing installed works; for a
 *   named backend, its own error.
 */
export async function loadBackend(
  device: RunConfig['device'],
  tell: (line: string) => void,
  registry: readonly BackendEntry[] = backends,
): Promise<Backend> {
  const failed: Failed[] = [];
  for (const entry of registry) {
    if (!allows(device, entry)) continue;
    let backend: Backend;
    try {
      backend = await entry.load(entry.name === device);
      if (device === 'gpu' && backend.onCpu !== undefined) throw new Error(backend.onCpu);
    } catch (thrown) {
      failed.push({ entry, thrown });
      continue;
    }
    tellOf(failed, backend, tell);
    return backend;
  }
  if (registry.some(({ name }) => name === device)) throw notAsNamed(failed[0]!);
  throw device === 'gpu' ? noGpu(failed) : noBackend(failed);
}

function allows(device: RunConfig['device'], entry: BackendEntry): boolean {
  if (device === 'auto') return entry.notByAuto?.() !== true;
  return entry.kind === device || entry.name === device;
}

function tellOf(failed: readonly Failed[], { name, onCpu }: Backend, tell: (line: string) => void): void {
  const troubles = failed.filter(({ thrown }) => !isAbsent(thrown)).map(describe);
  if (onCpu !== undefined) troubles.push(`${name}: ${onCpu}`);
  // For people: it never looks like a METRIC line, and the reasons contain no line breaks.
  if (troubles.length > 0) tell(`note: using ${name}; ${troubles.join('; ')} (details: hpo doctor)`);
}

function describe({ entry, thrown }: Failed): string {
  const reason = reasonOf(thrown);
  return reason.includes(entry.name) ? reason : `${entry.name}: ${reason}`;
}

function notAsNamed({ entry, thrown }: Failed): unknown {
  if (!isAbsent(thrown)) return thrown;
  return usageError('trainer.missing-package', `device is ${entry.name}, but ${reasonOf(thrown)}`, {
    fix: `npm install ${entry.packages.join(' ')}, or set device=auto`,
    cause: thrown,
  });
}

function noGpu(failed: readonly Failed[]): HpoError {
  const installs = failed
    .filter(({ thrown }) => isAbsent(thrown))
    .map(({ entry }) => entry.packages.join(' '));
  const fixes = failed.flatMap(({ thrown }) => (isAbsent(thrown) ? [] : (fixIn(thrown) ?? [])));
  const ways = [
    ...fixes,
    ...installs.map((names) => `npm install ${names}`),
    'set device=auto or device=cpu',
  ];
  return usageError(
    'trainer.no-gpu',
    `device is gpu, but no GPU backend can be used: ${failed.map(describe).join('; ')}`,
    { fix: ways.join(', or '), cause: failed[0]?.thrown },
  );
}

/** Returns the error when no backend works. Every machine can run the last backend, so its fix is the shortest. */
function noBackend(failed: readonly Failed[]): unknown {
  const last = failed.at(-1)?.thrown;
  if (failed.every(({ thrown }) => isAbsent(thrown))) return last;
  const fix = fixIn(last);
  return new HpoError(
    'trainer.no-backend',
    `no tfjs backend works here: ${failed.map(describe).join('; ')}`,
    {
      ...(fix !== undefined && { fix }),
      cause: last,
    },
  );
}
