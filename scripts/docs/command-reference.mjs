// The page of every command's help, for scripts/generate.mjs.
import { source } from '../sources.mjs';

const WIDTH = 100;

/** Returns docs/reference/cli.md. */
export async function commandReference() {
  // The help names hpo as it was started; the page is for those who have it on the PATH.
  for (const name of ['npm_command', 'npm_lifecycle_event']) delete process.env[name];
  const { makeProgram } = await source('cli/program.ts');
  const program = makeProgram();
  const commands = descendants(program, 'hpo');
  const list = commands.map(
    ({ path, command }) =>
      `| [\`${path}\`](#${path.replaceAll(' ', '-')}) | ${cell(command.description())} |`,
  );
  return [
    '# Commands',
    '',
    'Written by `npm run generate` from the program itself: it is what `hpo COMMAND --help` prints. Exit codes: 0 done, 1 the sweep or an operation failed, 2 a mistake in usage or configuration, 130 interrupted.',
    '',
    ...['| Command | What it does |', '| - | - |', ...list, ''],
    ...commands.flatMap(({ path, command }) => [
      `## ${path}`,
      '',
      '```text',
      helpOf(command).trimEnd(),
      '```',
      '',
    ]),
  ].join('\n');
}

function descendants(command, path) {
  return command.commands.flatMap((each) => {
    const own = `${path} ${each.name()}`;
    return [{ path: own, command: each }, ...descendants(each, own)];
  });
}

function helpOf(command) {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
