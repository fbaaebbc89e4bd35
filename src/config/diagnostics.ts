import { type HpoError, HpoErrors, usageError } from '../core/errors.js';
import type { Path, YamlFile } from './yaml-file.js';

/** Collects all mistakes of a file with their positions, so that they can be corrected together. */
export class Diagnostics {
  readonly errors: HpoError[] = [];

  constructor(readonly source: YamlFile) {}

  /** Notes a mistake at the value of `path` (or at its key); `code` without the area, as in `unknown-key`. */
  add(path: Path, code: string, message: string, more: { fix?: string | undefined; at?: 'key' } = {}): void {
    const place = this.source.place(path, more.at ?? 'value');
    this.errors.push(usageError(`config.${code}`, message, { place, ...(more.fix && { fix: more.fix }) }));
  }

  /** Notes an error that was found elsewhere and has no position yet. */
  adopt(path: Path, error: HpoError, at: 'key' | 'value' = 'value'): void {
    const code = error.code.slice(error.code.indexOf('.') + 1);
    this.add(path, code, error.message, { fix: error.fix, ...(at === 'key' && { at }) });
  }
}

/** Throws when there are mistakes. @throws HpoErrors with all mistakes of the files, in the order of their lines. */
export function throwAll(...files: readonly Diagnostics[]): void {
  const errors = files.flatMap((file) =>
    file.errors.toSorted(
      (a, b) =>
        (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
    ),
  );
  if (errors.length > 0) throw new HpoErrors(errors);
}
