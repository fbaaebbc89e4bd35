/**
 * A CommonJS module for `node --require` that writes the options of a script to the file HPO_RECORD_FILE and ends the process
 * when the script calls parseArgs of node:util: before it does any work.
 */
export const NODE_RECORDER = `const { renameSync, writeFileSync } = require('node:fs');
const util = require('node:util');
const target = process.env.HPO_RECORD_FILE;
util.parseArgs = (config = {}) => {
  const options = Object.entries(config.options ?? {}).map(([name, option]) => ({
    name,
    flags: ['--' + name],
    type: option.type === 'boolean' ? 'bool' : null,
    default: option.default ?? null,
    choices: null,
    switch: option.type === 'boolean',
    list: option.multiple === true,
    required: false,
    help: option.description ?? '',
  }));
  writeFileSync(target + '.part', JSON.stringify({ kind: 'node', options, commands: {} }));
  renameSync(target + '.part', target);
  process.exit(0);
};
require('node:module').syncBuiltinESMExports();
`;
