import type { MutantTable } from './mutant.js';

/** Texts that nobody trusts, and the terminal that they must not reach. */
export const INPUT: MutantTable = {
  'yaml-bombs-refused': {
    protection: 'Aliases that stand for too many values are refused.',
    file: 'src/config/yaml-limits.ts',
    symbol: 'badAlias',
    expression: 'nodes > MAX_ALIASED',
    replacement: 'nodes < 0',
    test: { file: 'test/config/hostile.test.ts', name: 'of aliases that nest or multiply' },
  },
  'errors-are-printable': {
    protection: 'Control characters of a file do not reach the terminal in an error.',
    file: 'src/core/errors.ts',
    symbol: 'HpoError.format',
    expression: 'printable(`${at}error[${this.code}]: ${this.message}${fix}`)',
    replacement: '`${at}error[${this.code}]: ${this.message}${fix}`',
    test: { file: 'test/config/hostile.test.ts', name: 'shows control characters of a file as text' },
  },
  'text-steers-no-terminal': {
    protection: 'Control characters of C1 are escaped for terminals and logs.',
    file: 'src/core/printable.ts',
    symbol: 'STEERING',
    expression: '\\u007f-\\u009f',
    replacement: '\\u007f',
    test: {
      file: 'test/core/printable.test.ts',
      name: 'every character that steers a terminal is escaped',
    },
  },
  'closed-pipe-ends-no-sweep': {
    protection: 'A reader that closes the output of hpo early ends no sweep.',
    file: 'src/cli/program.ts',
    symbol: 'runCli',
    expression: "stream.on('error', (error) => loss.note(stream, error))",
    replacement: 'void stream',
    builds: true,
    test: { file: 'test/cli/pipes.test.ts', name: 'that goes away early ends no sweep' },
  },
  'agent-stays-in-its-workspace': {
    protection: 'A sweep file that a symbolic link leads out to is refused.',
    file: 'src/mcp/workspace.ts',
    symbol: 'Workspace.sweepFile',
    expression: 'realPath(named)',
    replacement: 'named',
    test: { file: 'test/mcp/workspace.test.ts', name: 'one outside is refused' },
  },
  'agent-reads-no-control-characters': {
    protection: 'Texts of programs reach an agent with control characters escaped.',
    file: 'src/mcp/plain-data.ts',
    symbol: 'plainData',
    expression: 'return printable(value)',
    replacement: 'return value',
    test: { file: 'test/mcp/server.test.ts', name: 'whatever programs wrote' },
  },
  'sweep-outlives-its-server': {
    protection: 'A sweep that an agent started is in a session of its own.',
    file: 'src/cli/mcp/sweep-process.ts',
    symbol: 'startHpo',
    expression: "stdio !== 'pipe'",
    replacement: 'false',
    builds: true,
    test: { file: 'test/cli/mcp/raw.test.ts', name: 'a sweep outlives the server' },
  },
};
