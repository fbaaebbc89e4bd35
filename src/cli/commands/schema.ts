import { Argument, type Command } from 'commander';
import { SCHEMA_VERSIONS, type SchemaName } from '../../schemas/versions.js';
import { print, printJson, toJson } from '../output.js';
import { examples, jsonOption } from './shared.js';

export function registerSchema(program: Command): void {
  const command = program
    .command('schema')
    .description('Print the JSON Schema of what a command prints with --json; without a name, list them.')
    .addArgument(new Argument('[name]', 'the schema').choices(Object.keys(SCHEMA_VERSIONS)));
  examples(jsonOption(command), 'hpo schema', 'hpo schema best').action(showSchema);
}

async function showSchema(name: SchemaName | undefined, options: { readonly json?: boolean }): Promise<void> {
  const { jsonSchema, SCHEMAS, schemaId, schemaNames } = await import('../../schemas/registry.js');
  if (name !== undefined) return print(toJson(jsonSchema(name)));
  const all = schemaNames().map((each) => ({
    name: each,
    version: SCHEMA_VERSIONS[each],
    commands: SCHEMAS[each].commands,
    list: SCHEMAS[each].isList,
  }));
  if (options.json) return printJson('schema', all);
  const width = Math.max(...all.map(({ name: each }) => schemaId(each).length));
  for (const { name: each, commands } of all)
    print(`${schemaId(each).padEnd(width)}  ${commands.join(', ')}`);
}
