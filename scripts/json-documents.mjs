// The table of docs/json.md: what each command prints with --json, for scripts/generate.mjs.
import { source } from './sources.mjs';

const { jsonSchema, SCHEMAS, schemaId, schemaNames, WITHOUT_JSON } = await source('schemas/registry.ts');

/** Returns the table of all documents with their members. */
export function documentsTable() {
  const rows = schemaNames().map((name) => {
    const { commands, isList } = SCHEMAS[name];
    const printed = `${commands.map(commandText).join(', ')}${isList ? ', a list' : ''}`;
    return `| \`${schemaId(name)}\` | ${printed} | ${membersOf(jsonSchema(name))} |`;
  });
  return ['| Schema | Printed by | Members |', '|-|-|-|', ...rows].join('\n');
}

/** Returns the table of the commands without JSON. */
export function withoutJsonTable() {
  const rows = Object.entries(WITHOUT_JSON).map(([command, why]) => `| \`${command}\` | ${why} |`);
  return ['| Command | Why not |', '|-|-|', ...rows].join('\n');
}

/** `hpo import, of results` has a command and when it is printed. */
function commandText(text) {
  return text.replace(/^hpo [^,(]*[^,( ]/, (command) => `\`${command}\``);
}

function membersOf({ properties, required }) {
  const members = Object.entries(properties).filter(([name]) => name !== 'schema');
  return members
    .map(([name, each]) => `\`${name}${required.includes(name) ? '' : '?'}\`: ${typeOf(each)}`)
    .join('; ');
}

/** Returns a type in words: `number or null`, `list of objects`. */
function typeOf(schema) {
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) {
    const all = [...new Set(parts.map(typeOf))];
    // Numbers that JSON lacks are texts.
    return (all.includes('number') ? all.filter((each) => !each.includes('"NaN"')) : all).join(' or ');
  }
  if (schema.enum) return schema.enum.map((each) => `"${each}"`).join(', ');
  if (schema.const !== undefined) return `"${schema.const}"`;
  if (schema.type === 'array')
    return `list of ${typeOf(schema.items)}`.replace(/(integer|number|text)$/, '$1s');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ type })).join(' or ');
  if (schema.type === 'object')
    return schema.properties ? `{${Object.keys(schema.properties).join(', ')}}` : 'values by name';
  return (
    { string: 'text', integer: 'integer', number: 'number', boolean: 'boolean', null: 'null' }[schema.type] ??
    'any'
  );
}
