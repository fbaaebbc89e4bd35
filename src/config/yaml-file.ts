import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { HpoErrors, type Place, usageError } from '../core/errors.js';
import { badAlias, tooDeep } from './yaml-limits.js';
import { readText } from './yaml-text.js';

export type Path = readonly PropertyKey[];

/** A YAML file as plain JSON data, with the position of each value. */
export type YamlFile = {
  /** The name shown to people. */
  readonly file: string;
  /** Null for an empty file. */
  readonly value: unknown;
  /** Returns the position of the key or the value at a path; that of the nearest parent when the path does not exist. */
  place(path: Path, at?: 'key' | 'value'): Place;
  /** Returns the scalar at a path as it was written (`1e-3`, `010`); null when there is none. */
  source(path: Path): string | null;
};

/** One syntax error often causes others, so only the first few are shown. */
const SYNTAX_ERRORS_SHOWN = 5;

/**
 * Reads a YAML file. `shown` is the name that errors use.
 * @throws HpoError config.not-found, config.unreadable, config.too-large or config.not-text; HpoErrors of config.syntax,
 * config.duplicate-key.
 */
export async function readYaml(path: string, shown: string): Promise<YamlFile> {
  return parseYaml(await readText(path, shown), shown);
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

  const nested = tooDeep(text);
  if (nested) {
    lines.addNewLine(0);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
    throw new HpoErrors([syntax(nested.message, nested.offset)]);
  }
  let doc: Document.Parsed;
  let value: unknown;
  try {
    doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    // The parser would read an unknown tag as text with a warning; here it is a mistake.
    const problems = [...doc.errors, ...doc.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    if (problems.length > 0) {
      throw new HpoErrors(
        problems.slice(0, SYNTAX_ERRORS_SHOWN).map((problem) => {
          const [from, to] = problem.pos;
          if (problem.code === 'MULTIPLE_DOCS')
            return syntax('expected one document, got a second one after `---`', from);
          if (problem.code !== 'DUPLICATE_KEY') return syntax(problem.message, from);
          const key = /^[^\s:]+/.exec(text.slice(from, Math.max(to, from + 200)))?.[0] ?? 'an empty key';
          return usageError('config.duplicate-key', `${key} is given twice in one mapping`, {
            place: placeAt(from),
            fix: 'remove one of them',
          });
        }),
      );
    }
    const flaw = badAlias(doc);
    if (flaw) throw new HpoErrors([syntax(flaw.message, flaw.offset)]);
    value = doc.toJS({ maxAliasCount: -1 });
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

/** Follows a path as far as it exists. */
function follow(doc: Document.Parsed, path: Path): Found {
  let key: Node | null = null;
  let node: Node | null = doc.contents;
  for (const part of path) {
    // An alias has its own position; values below it have those of its anchor.
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
