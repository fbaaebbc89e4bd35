/** How one file imports another: at load (`static`), when a line of it runs (`dynamic`), or only for the compiler (`type`). */
export type ImportKind = 'static' | 'dynamic' | 'type';
/** `specifier` is null where the name is computed, so that the target is unknown. */
export type Import = { readonly specifier: string | null; readonly kind: ImportKind; readonly line: number };
export type Use = { readonly name: string; readonly line: number };

/**
 * Returns every import of a TypeScript text, in order: static, dynamic, re-exports, require and type queries. A require
 * that a file creates itself counts as a computed one.
 */
export function importsOf(text: string): Import[] {
  const code = blankText(text);
  const found: (Import & { at: number })[] = [];
  const add = (pattern: RegExp, kindOf: (match: RegExpExecArray) => ImportKind) => {
    for (const match of code.matchAll(pattern)) {
      const from = match.index + match[0].length;
      found.push({
        specifier: literalAt(text, from),
        kind: kindOf(match),
        line: lineAt(text, from),
        at: from,
      });
    }
  };
  add(/(?<![.\w$])(?:import|export)\b([\w\s{},*$]*?)\bfrom\s*(?=['"])/g, (match) =>
    /^\s*type\b(?!\s*,)/.test(match[1] as string) ? 'type' : 'static',
  );
  add(/(?<![.\w$])import\s*(?=['"])/g, () => 'static');
  add(/(?<![.\w$])(?:import|require(?:\.resolve)?|createRequire)\s*\(\s*/g, () => 'dynamic');
  return found.sort((a, b) => a.at - b.at).map(({ specifier, kind, line }) => ({ specifier, kind, line }));
}

/** Returns where the code (not its comments and texts) matches; the pattern must be global. */
export function usesOf(text: string, pattern: RegExp): Use[] {
  return [...blankText(text).matchAll(pattern)].map((match) => ({
    name: match[0],
    line: lineAt(text, match.index),
  }));
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** Returns the string literal that starts here; null when something else does. */
function literalAt(text: string, at: number): string | null {
  const quote = text[at];
  if (quote !== "'" && quote !== '"') return null;
  return text.slice(at + 1, text.indexOf(quote, at + 1));
}

/**
 * Returns the text with comments, the insides of strings and templates, and regular expressions as spaces; positions do not
 * change. The code inside `${}` stays too. It is a scanner for this project's formatted sources, not a parser of TypeScript.
 */
export function blankText(text: string): string {
  let out = '';
  // One entry for each open `${`: the number of braces open inside it.
  const templates: number[] = [];
  const copy = (count: number) => {
    out += text.slice(out.length, out.length + count);
  };
  const blank = (end: number) => {
    out += text.slice(out.length, end).replaceAll(/[^\n]/g, ' ');
  };
  const blankTemplate = () => {
    const end = endOf(text, out.length, /\\.|`|\$\{/gsu, (found) => found === '`' || found === '${');
    const opens = text.startsWith('${', end);
    blank(end);
    copy(opens ? 2 : 1);
    if (opens) templates.push(0);
  };
  while (out.length < text.length) {
    // Most of a text is copied as it is.
    copy(endOf(text, out.length, /[/'"`{}]/g, () => true) - out.length);
    const at = out.length;
    if (at === text.length) break;
    const char = text[at] as string;
    if (text.startsWith('//', at)) blank(endOf(text, at, /\n/g, () => true));
    else if (text.startsWith('/*', at)) blank(endOf(text, at + 2, /\*\//g, () => true) + 2);
    else if (char === "'" || char === '"') {
      copy(1);
      blank(endOf(text, at + 1, /\\.|['"\n]/gs, (found) => found === char || found === '\n'));
      copy(1);
    } else if (char === '/' && startsRegex(out)) {
      let inClass = false;
      const end = endOf(text, at + 1, /\\.|[[\]/\n]/gs, (found) => {
        if (found === '[' || found === ']') inClass = found === '[';
        return found === '\n' || (found === '/' && !inClass);
      });
      blank(end + 1);
    } else {
      const depth = templates.at(-1);
      copy(1);
      if (char === '`') blankTemplate();
      else if (depth !== undefined && char === '{') templates[templates.length - 1] = depth + 1;
      else if (depth !== undefined && char === '}' && depth > 0) templates[templates.length - 1] = depth - 1;
      else if (depth === 0 && char === '}') {
        templates.pop();
        blankTemplate();
      }
    }
  }
  return out.slice(0, text.length);
}

/** Returns the index of the first match that ends what began before `at`; the end of the text without one. */
function endOf(text: string, at: number, pattern: RegExp, ends: (found: string) => boolean): number {
  pattern.lastIndex = at;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (ends(match[0])) return match.index;
  }
  return text.length;
}

/** A slash divides after a value and starts a regular expression elsewhere. */
function startsRegex(before: string): boolean {
  const last = before.trimEnd();
  return (
    last === '' ||
    /[(,=:[!&|?{};<>+\-*%~^]$/.test(last) ||
    /\b(?:return|typeof|case|in|of|yield|await)$/.test(last)
  );
}
