/** The kinds of components that have functions in the library. */
export const KINDS = [
  { kind: 'sampler', plural: 'samplers' },
  { kind: 'scheduler', plural: 'schedulers' },
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

/**
 * Returns the text of src/library/scheduler-functions.ts. A pruner that has the name of no scheduler is one too. Functions of a
 * name that both have make either.
 */
export function schedulerFunctionsText(schedulers, pruners, taken) {
  const shared = schedulers.filter(({ name }) => pruners.some((pruner) => pruner.name === name));
  const typeOfOptions = (entry) =>
    hasOptions(entry) && pruners.some((pruner) => typeName(pruner) === typeName(entry))
      ? typeName(entry).replace(/Options$/, 'SchedulerOptions')
      : typeName(entry);
  const without = shared.map(({ name }) => `'${name}'`).join(' | ');
  const parts = [
    `// Written by \`npm run generate\` from the registry of schedulers: change src/schedulers/registry.ts instead.

import type { ${shared.map(typeName).join(', ')}, PrunerOptions, PrunerSpec } from './pruner-functions.js';`,
    ...schedulers.filter(hasOptions).map((entry) => optionsType(entry, typeOfOptions(entry))),
    `/** The options that only the pruner of the same name has. */
type NotOf<Pruner, Own> = { readonly [K in Exclude<keyof Pruner, keyof Own>]?: never };

/** The options of each scheduler, by its name. */
export type SchedulerOptions = Omit<PrunerOptions, ${without}> & {
${schedulers
  .map((entry) => {
    const not = shared.includes(entry) ? ` & NotOf<${typeName(entry)}, ${typeOfOptions(entry)}>` : '';
    return `  readonly ${key(entry.name)}: ${typeOfOptions(entry)}${not};`;
  })
  .join('\n')}
};

/** The name of a scheduler. */
export type SchedulerName = keyof SchedulerOptions;

/** A scheduler by its name, with options. */
export type SchedulerSpec<N extends SchedulerName = SchedulerName> = {
  [K in N]: { readonly name: K } & SchedulerOptions[K];
}[N];`,
    ...schedulers.flatMap((entry) => {
      if (taken.has(entry.name)) return [];
      const { name, summary } = entry;
      const own = typeOfOptions(entry);
      if (!shared.includes(entry)) return [functionText(entry, 'Scheduler')];
      return [
        `/** ${sentence(summary)} */
export function ${camelCase(name)}(options?: ${own}): SchedulerSpec<'${name}'>;
/** @deprecated As a pruner, which only stops trials. */
export function ${camelCase(name)}(options: ${typeName(entry)}): PrunerSpec<'${name}'>;
export function ${camelCase(name)}(options: ${own} | ${typeName(entry)} = {}) {
  return { ...options, name: '${name}' as const };
}`,
      ];
    }),
  ];
  return `${parts.join('\n\n')}\n`;
}

function optionsType(entry, named = typeName(entry)) {
  const members = Object.entries(entry.options).flatMap(([name, spec]) => [
    `  /** ${sentence(spec.help)} Default: ${shown(spec.default)}. */`,
    `  readonly ${camelCase(name)}?: ${typeOf(spec)};`,
    ...(camelCase(name) === name
      ? []
      : [`  /** @deprecated Renamed to \`${camelCase(name)}\`. */`, `  readonly ${name}?: ${typeOf(spec)};`]),
  ]);
  return `/** Options of \`${entry.name}\`. */\nexport type ${named} = {\n${members.join('\n')}\n};`;
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
