import { lstatSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { type HpoError, usageError } from '../core/errors.js';

/** The folder in which a server was started. What it runs is described by files in it. */
export class Workspace {
  /** Its path without symbolic links. */
  readonly root: string;

  constructor(folder: string) {
    this.root = realpathSync(folder);
  }

  /**
   * Returns the real path of a sweep file, which is a regular file inside.
   * @throws HpoError mcp.outside, mcp.no-file (usage).
   */
  sweepFile(path: string): string {
    const named = resolve(this.root, path);
    const real = realPath(named);
    // Of a path outside nobody learns whether there is such a file.
    if (!this.holds(real ?? named)) throw this.#outside('a sweep file', path);
    if (real === null || !statSync(real).isFile())
      throw usageError('mcp.no-file', `expected a sweep file, but there is no file ${path} in ${this.root}`, {
        fix: 'write one: parameters, objective, trainer.command',
      });
    return real;
  }

  /** @throws HpoError mcp.outside (usage) for a path that leads out. */
  assertInside(path: string, what: string): void {
    if (!this.leadsInside(path)) throw this.#outside(what, path);
  }

  /** Whether a path leads inside, by the part of it that exists. A link to nothing may lead anywhere once something is there. */
  leadsInside(path: string): boolean {
    for (let at = resolve(this.root, path); ; at = resolve(at, '..')) {
      const real = realPath(at);
      if (real !== null) return this.holds(real) || real === this.root;
      if (isLink(at)) return false;
    }
  }

  /** Whether a path without symbolic links is below the folder. */
  holds(path: string): boolean {
    const below = relative(this.root, path);
    return below !== '' && below !== '..' && !below.startsWith('../') && !isAbsolute(below);
  }

  #outside(what: string, path: string): HpoError {
    return usageError('mcp.outside', `expected ${what} inside ${this.root}, got ${path}`, {
      fix: 'put it there; a symbolic link that leads out is not followed',
    });
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Null where there is nothing, or nothing that can be looked at. */
function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
