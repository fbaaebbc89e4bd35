import { posix } from 'node:path';
import { blankText, importsOf } from './source.js';

/** Path -> text of every file, with forward slashes, below one common folder. */
type Files = ReadonlyMap<string, string>;
type Edge = { readonly to: string; readonly line: number };
type Graph = ReadonlyMap<string, readonly Edge[]>;

/**
 * Returns one line for each import circle: the shortest path around it with the line of each import, and all files that
 * reach one another through it. Imports of types count. Lazy imports (`await import()`) do not: they break a circle.
 */
export function circles(files: Files): string[] {
  const graph = graphOf(files);
  return components(graph).map((members) => describe(graph, members));
}

function graphOf(files: Files): Graph {
  return new Map(
    [...files].map(([path, text]) => {
      const edges = importsOf(text).flatMap(({ specifier, kind, line }): Edge[] => {
        if (kind === 'dynamic' || specifier === null || !specifier.startsWith('.')) return [];
        const target = posix.join(posix.dirname(path), specifier);
        const to = ['.ts', '.tsx'].map((end) => target.replace(/\.js$/, end)).find((each) => files.has(each));
        return to === undefined ? [] : [{ to, line }];
      });
      return [path, edges];
    }),
  );
}

/** Returns the strongly connected components that hold a circle, each sorted (Tarjan's algorithm). */
function components(graph: Graph): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  /** Returns the lowest order number that `path` reaches within the stack. */
  const visit = (path: string): number => {
    const own = order.size;
    let lowest = own;
    order.set(path, own);
    stack.push(path);
    onStack.add(path);
    for (const { to } of graph.get(path) ?? []) {
      if (!order.has(to)) lowest = Math.min(lowest, visit(to));
      else if (onStack.has(to)) lowest = Math.min(lowest, order.get(to) as number);
    }
    if (lowest === own) {
      const members = stack.splice(stack.indexOf(path));
      for (const member of members) onStack.delete(member);
      const importsItself = graph.get(path)?.some(({ to }) => to === path);
      if (members.length > 1 || importsItself) found.push(members.sort());
    }
    return lowest;
  };
  for (const path of graph.keys()) if (!order.has(path)) visit(path);
  return found.sort(([a = ''], [b = '']) => a.localeCompare(b));
}

function describe(graph: Graph, members: readonly string[]): string {
  const around = members
    .map((path) => shortestCircle(graph, path, new Set(members)))
    .reduce((a, b) => (b.length < a.length ? b : a));
  const path = around.map(({ from, line }) => `${from}:${line} -> `).join('');
  return `import circle ${path}${around[0]?.from} (${members.length} files: ${members.join(', ')})`;
}

type Step = { readonly from: string; readonly line: number };

/** Returns the imports along the shortest way from a file back to itself, which its component has. */
function shortestCircle(graph: Graph, start: string, within: ReadonlySet<string>): readonly Step[] {
  const ways = new Map<string, readonly Step[]>([[start, []]]);
  // A Map also visits what is added during the loop: this is a breadth-first search.
  for (const [from, way] of ways) {
    for (const { to, line } of graph.get(from) ?? []) {
      const next = [...way, { from, line }];
      if (to === start) return next;
      if (within.has(to) && !ways.has(to)) ways.set(to, next);
    }
  }
  throw new Error(`expected a circle through ${start}`);
}

/**
 * Returns the lines that name a file's type by `import('./file.js')` instead of by an import statement. Such a line could
 * close a circle that looks lazy.
 */
export function typeQueries(text: string): number[] {
  const code = blankText(text);
  const query = /typeof\s+import\s*\(\s*['"]|(?<![.\w$])import\s*\(\s*['"][^'"]*['"]\s*\)\s*\.\s*[A-Z]/g;
  return [...code.matchAll(query)].flatMap(({ index }) => {
    const isOurs = /^[^'"]*['"]\./.test(text.slice(index));
    return isOurs ? [text.slice(0, index).split('\n').length] : [];
  });
}
