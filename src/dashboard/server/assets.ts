import { createHash } from 'node:crypto';
import { HpoError } from '../../core/errors.js';
import { type PageFile, readPageFile } from '../page-file.js';
import { compress, type Encoding } from './http/encoding.js';

/** The files of the page, with their types. */
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

export type Asset = {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly compress: (encoding: Encoding) => Promise<Uint8Array>;
};

/** The files of the page, by name. They are read once, and nothing else is ever served: no request becomes a path. */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;

  private constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files;
  }

  /** Reads the files in a folder; without a build there are none. */
  static async load(folder: string): Promise<Assets> {
    const files = new Map<string, Asset>();
    for (const [name, type] of Object.entries(FILES)) {
      const file = await readPageFile(folder, name).catch(() => null);
      if (file !== null) files.set(name, asset(type, file));
    }
    return new Assets(files);
  }

  find(name: string): Asset | null {
    return this.#files.get(name) ?? null;
  }

  /** The page itself. @throws HpoError dashboard.no-page when it was not built. */
  page(): Asset {
    const found = this.find('index.html');
    if (found) return found;
    throw new HpoError('dashboard.no-page', 'expected the files of the page beside hpo, got none', {
      fix: 'npm run build',
    });
  }
}

function asset(type: string, { bytes, brotli }: PageFile): Asset {
  const encoded = new Map<Encoding, Promise<Uint8Array>>();
  if (brotli !== null) encoded.set('br', Promise.resolve(brotli));
  return {
    type,
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    compress: (encoding) => {
      const known = encoded.get(encoding) ?? compress(bytes, encoding);
      encoded.set(encoding, known);
      return known;
    },
  };
}
