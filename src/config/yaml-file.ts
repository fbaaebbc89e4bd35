import { readFile } from 'node:fs/promises';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import { HpoErrors, type Place, usageError } from '../core/errors.js';

export type Path = readonly PropertyKey[];

/** A YAML file as plain JSON data, that still knows where each value was written. */
export type YamlFile = {
  /** As shown to people. */
  readonly file: string;
  /** Null for an empty file. */
  readonly value: unknown;
  /** Where the key or the value at a path stands; the nearest parent when the path leads nowhere. */
  place(path: Path, at?: 'key' | 'value'): Place;
  /** The scalar at a path as it was written (`1e-3`, `010`); null when there is none. */
  source(path: Path): string | null;
};

/** Syntax errors tend to breed; the first few say it all. */
const SYNTAX_ERRORS_SHOWN = 5;

/**
 * Reads a YAML file. `shown` is the name that errors use.
 * @throws HpoError config.not-found, config.unreadable or config.not-text; HpoErrors of config.syntax,
 * config.duplicate-key.
 */
export async function readYaml(path: string, shown: string): Promise<YamlFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw usageError('config.not-found', `there is no file ${shown}`);
    throw usageError('config.unreadable', `${shown} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return parseYaml(decode(bytes, shown), shown);
}

function decode(bytes: Buffer, shown: string): string {
  const fix = 'is this the right file? Save it as UTF-8 text';
  const refuse = () =>
    usageError('config.not-text', 'expected YAML text in UTF-8, got binary data', {
      fix,
      place: { file: shown },
    });
  if (bytes.includes(0)) throw refuse();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse();
  }
}

/**
 * Parses YAML text that came from the file `shown`.
 * @throws HpoErrors of config.syntax and config.duplicate-key.
 */
export function parseYaml(text: string, shown: string): YamlFile {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: shown, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = (message: string, offset: number) =>
    usageError('config.syntax', message, { place: placeAt(offset) });

  let doc: Document.Parsed;
  let value: unknown;
  try {
    doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    // A tag that nobody knows would be read as text: a warning to the parser, a mistake to us.
    const problems = [...doc.errors, ...doc.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    if (problems.length > 0) {
      throw new HpoErrors(
        problems.slice(0, SYNTAX_ERRORS_SHOWN).map((problem) => {
          const [from, to] = problem.pos;
          if (problem.code === 'MULTIPLE_DOCS')
            return syntax('expected one document, got a second one after `---`', from);
          if (problem.code !== 'DUPLICATE_KEY') return syntax(problem.message, from);
          const key = /^[^\s:]+/.exec(text.slice(from, Math.max(to, from + 200)))?.[0] ?? '';
          return usageError('config.duplicate-key', `${key} is given twice in one mapping`, {
            place: placeAt(from),
            fix: 'remove one of them',
          });
        }),
      );
    }
    visit(doc, {
      Alias: (_, alias, above) => {
        const target = alias.resolve(doc);
        const wrong = !target
          ? `there is no anchor &${alias.source} before this alias`
          : above.includes(target) && 'an anchor contains an alias of itself';
        if (wrong) throw new HpoErrors([syntax(wrong, alias.range?.[0] ?? 0)]);
      },
      Pair: (_, { key }) => {
        // JavaScript reads it as no key at all, so it would be lost without a word.
        if (isScalar(key) && key.value === '__proto__')
          throw new HpoErrors([syntax('expected a key, got __proto__', key.range?.[0] ?? 0)]);
      },
    });
    value = doc.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof HpoErrors) throw error;
    throw new HpoErrors([syntax((error as Error).message.split('\n')[0] ?? 'not YAML', 0)]);
  }

  return {
    file: shown,
    value,
    place: (path, at = 'value') => {
      const { key, node } = follow(doc, path);
      const target = at === 'key' ? (key ?? node) : (node ?? key);
      return placeAt(target?.range?.[0] ?? 0);
    },
    source: (path) => {
      const { node, whole } = follow(doc, path);
      return whole && isScalar(node) ? (node.source ?? null) : null;
    },
  };
}

type Found = { readonly key: Node | null; readonly node: Node | null; readonly whole: boolean };

/** Goes down a path as far as it leads. */
function follow(doc: Document.Parsed, path: Path): Found {
  let key: Node | null = null;
  let node: Node | null = doc.contents;
  for (const part of path) {
    // An alias has a place of its own; what lies below it stands where its anchor is.
    const at: unknown = node && 'source' in node && 'resolve' in node ? node.resolve(doc) : node;
    if (isMap(at)) {
      const pair = at.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (!pair) return { key: key ?? node, node: key ?? node, whole: false };
      key = isNode(pair.key) ? pair.key : null;
      node = isNode(pair.value) ? pair.value : key;
    } else if (isSeq(at) && isNode(at.items[Number(part)])) {
      key = null;
      node = at.items[Number(part)] as Node;
    } else return { key: key ?? node, node: key ?? node, whole: false };
  }
  return { key, node, whole: true };
}
