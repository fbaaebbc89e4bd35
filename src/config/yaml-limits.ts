import {
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  Parser,
  visit,
} from 'yaml';

/** Deeper than any real file; the recursive parts of the parser and of hpo fail at some thousands. */
export const MAX_DEPTH = 64;
/** Aliases of aliases multiply: a few lines can expand to more than the memory. */
const MAX_ALIASED = 10_000;

const tooMuch = `expected at most ${MAX_DEPTH} levels of nesting, got more`;

type Flaw = { readonly message: string; readonly offset: number };

/** Returns where a text nests deeper than `MAX_DEPTH`, found without recursion; null when nowhere. */
export function tooDeep(text: string): Flaw | null {
  const stack: [CST.Token, number][] = [];
  for (const token of new Parser().parse(text)) stack.push([token, 0]);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [token, depth] = next;
    if (depth > MAX_DEPTH) return { message: tooMuch, offset: 'offset' in token ? token.offset : 0 };
    if (token.type === 'document' && token.value) stack.push([token.value, depth]);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) stack.push([key, depth + 1]);
      if (value) stack.push([value, depth + 1]);
    }
  }
  return null;
}

/**
 * Returns aliases that are dangling, circular or expand too far, and keys that JavaScript would lose; null for none.
 * The text itself must not be too deep.
 */
export function badAlias(doc: Document.Parsed): Flaw | null {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const weights = new Map<unknown, Weight>();
  let nodes = 0;
  let flaw: Flaw | null = null;
  const found = (message: string, node: unknown) => {
    flaw = { message, offset: (isNode(node) && node.range?.[0]) || 0 };
    return visit.BREAK;
  };
  visit(doc, {
    Node: (_, node, above) => {
      if (!isAlias(node)) {
        if ('anchor' in node && node.anchor) anchors.set(node.anchor, node);
        return undefined;
      }
      const target = anchors.get(node.source);
      if (!target) return found(`there is no anchor &${node.source} before this alias`, node);
      if (above.includes(target)) return found('an anchor contains an alias of itself', node);
      targets.set(node, target);
      const weight = weigh(target, targets, weights);
      nodes += weight.nodes;
      if (nodes > MAX_ALIASED)
        return found(`expected aliases that stand for at most ${MAX_ALIASED} values, got more`, node);
      const depth = above.filter((each) => isCollection(each)).length;
      return depth + weight.depth > MAX_DEPTH ? found(tooMuch, node) : undefined;
    },
    Pair: (_, { key }) => {
      const named = isAlias(key) ? anchors.get(key.source) : key;
      // JavaScript does not treat it as a key, so it would be lost silently.
      if (isScalar(named) && named.value === '__proto__') return found('expected a key, got __proto__', key);
      // It would become its YAML text, which nobody intends.
      if (isCollection(named)) return found('expected a key, got a list or a mapping', key);
      return undefined;
    },
  });
  return flaw;
}

type Weight = { readonly nodes: number; readonly depth: number };

/** Returns the number of values in a node, and their depth. The targets of its aliases come before it, so they are known. */
function weigh(node: unknown, targets: ReadonlyMap<Node, Node>, known: Map<unknown, Weight>): Weight {
  const before = known.get(node);
  if (before) return before;
  let [nodes, depth] = [1, 0];
  const inside = isAlias(node)
    ? [targets.get(node)]
    : isMap(node)
      ? node.items.flatMap(({ key, value }) => [key, value])
      : isSeq(node)
        ? node.items
        : [];
  for (const each of inside) {
    const weight = weigh(each, targets, known);
    nodes += weight.nodes;
    depth = Math.max(depth, weight.depth + (isAlias(node) ? 0 : 1));
  }
  known.set(node, { nodes, depth });
  return { nodes, depth };
}
