import type { Storage } from '../storage/storage.js';
import { Study } from '../study/study.js';
import type { ResolvedSweep } from './optimize/load.js';

type Options = { readonly study?: string; readonly storage: string; readonly sweep: string };

/** The sweep file, read before a database is made: a folder without one is left as it was. Null for a named study. */
export async function wantedUnlessNamed(options: Options): Promise<ResolvedSweep | null> {
  if (options.study !== undefined) return null;
  const { resolveSweep } = await import('./optimize/load.js');
  return resolveSweep(options);
}

/** The study that is meant, made from the sweep file when it is not there; a named one that is there needs no file. */
export async function openOrCreate(
  storage: Storage,
  options: Options,
  loaded: ResolvedSweep | null,
): Promise<Study> {
  const record = options.study === undefined ? null : await storage.findStudy(options.study);
  if (record) return Study.open(storage, record);
  const { resolveSweep } = await import('./optimize/load.js');
  const { openOrCreateStudy } = await import('./optimize/reconcile.js');
  const wanted = loaded ?? (await resolveSweep(options));
  return (await openOrCreateStudy(storage, wanted, false, Date.now())).study;
}
