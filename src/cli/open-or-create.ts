import { usageError } from '../core/errors.js';
import type { StudySpec } from '../core/spec.js';
import type { Storage } from '../storage/storage.js';
import { openStudy } from '../study/open-study.js';
import type { ResolvedSweep } from './optimize/load.js';

type Named = { readonly name: string; readonly spec: Pick<StudySpec, 'defineByRun'> };
type Options = { readonly study?: string; readonly storage: string; readonly sweep: string };

/** Reads the sweep file before a database is created, so that a missing one changes nothing. Null for a named study. */
export async function wantedUnlessNamed(options: Options): Promise<ResolvedSweep | null> {
  if (options.study !== undefined) return null;
  const { resolveSweep } = await import('./optimize/load.js');
  return resolveSweep(options);
}

/** Opens the study that the options mean, and creates it from the sweep file when it does not exist. */
export async function openOrCreate(storage: Storage, options: Options, loaded: ResolvedSweep | null) {
  const record = options.study === undefined ? null : await storage.findStudy(options.study);
  if (record) return openStudy(storage, record);
  const { resolveSweep } = await import('./optimize/load.js');
  const { openOrCreateStudy } = await import('./optimize/reconcile.js');
  const wanted = loaded ?? (await resolveSweep(options));
  return (await openOrCreateStudy(storage, wanted, false, Date.now())).study;
}

/** @throws HpoError ask.define-by-run (usage): only the program knows such parameters. */
export function refuseDefineByRun({ name, spec }: Named): void {
  if (!spec.defineByRun) return;
  throw usageError(
    'ask.define-by-run',
    `expected a study that declares its parameters; those of ${name} are named by its objective as it runs`,
    { fix: 'ask in a program: loadStudy(...), then study.ask()' },
  );
}
