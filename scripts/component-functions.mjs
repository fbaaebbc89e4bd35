/** The three kinds of components that have functions in the library. */
export const KINDS = [
  { kind: 'sampler', plural: 'samplers' },
  { kind: 'pruner', plural: 'pruners' },
  { kind: 'terminator', plural: 'terminators' },
];

/**
 * Returns the text of src/library/KIND-functions.ts: the types of each component and a function that names it. `taken`:
 * names of functions that other files have, which this one leaves out.
 */
export function componentFunctionsText({ kind, plural }, registry, taken) {
  const Kind = capital(kind);
  const own = registry.filter(({ name }) => !taken.has(name));
  const parts = [
    `// Written by \`npm run generate\` from the registry of ${plural}: change src/${plural}/registry.ts instead.`,
    ...registry.filter(hasOptions).map((entry) => optionsType(entry)),
    `/** The options of each ${kind}, by its name. */
export type ${Kind}Options = {
${registry.map((entry) => `  readonly ${key(entry.name)}: ${typeName(entry)};`).join('\n')}
};

/** The name of a ${kind}. */
export type ${Kind}Name = keyof ${Kind}Options;

/** A ${kind} by its name, with options. */
export type ${Kind}Spec<N extends ${Kind}Name = ${Kind}Name> = {
  [K in N]: { readonly name: K } & ${Kind}Options[K];
}[N];`,
    ...own.map((entry) => functionText(entry, Kind)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function optionsType(entry) {
  const members = Object.entries(entry.options).flatMap(([name, spec]) => [
    `  /** ${sentence(spec.help)} Default: ${shown(spec.default)}. */`,
    `  readonly ${camelCase(name)}?: ${typeOf(spec)};`,
    ...(camelCase(name) === name
      ? []
      : [`  /** @deprecated Renamed to \`${camelCase(name)}\`. */`, `  readonly ${name}?: ${typeOf(spec)};`]),
  ]);
  return `/** Options of \`${entry.name}\`. */\nexport type ${typeName(entry)} = {\n${members.join('\n')}\n};`;
}

function functionText(entry, Kind) {
  const { name, summary } = entry;
  const takes = hasOptions(entry) ? `options: ${typeName(entry)} = {}` : '';
  const made = hasOptions(entry) ? `{ ...options, name: '${name}' }` : `{ name: '${name}' }`;
  return `/** ${sentence(summary)} */
export function ${camelCase(name)}(${takes}): ${Kind}Spec<'${name}'> {
  return ${made};
}`;
}

function typeOf(spec) {
  if (spec.type === 'boolean') return 'boolean';
  if (spec.type !== 'entry') return 'number';
  return 'PrunerName | PrunerSpec';
}

/** A default that stands for "no limit" reads so. */
function shown(value) {
  return Math.abs(value) === Number.MAX_VALUE ? 'none' : typeof value === 'string' ? `\`${value}\`` : value;
}

const hasOptions = ({ options }) => Object.keys(options).length > 0;
const typeName = (entry) => (hasOptions(entry) ? `${capital(camelCase(entry.name))}Options` : 'unknown');
const capital = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const sentence = (text) => `${capital(text).replace(/\.$/, '')}.`;
const key = (name) => (/^\w+$/.test(name) ? name : `'${name}'`);
const camelCase = (name) => name.replace(/[_-](\w)/g, (_, letter) => letter.toUpperCase());
