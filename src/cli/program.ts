import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { HpoError, messageOf } from '../core/errors.js';
import { printable } from '../core/printable.js';
import { isDatabaseLost } from '../study/sweep/disk-space-guard.js';
import { asTyped, errorAsTyped } from './as-typed.js';
import { commandGroups } from './commands/index.js';
import { concealedArgs } from './concealed-args.js';
import { asksForJson, printErrorJson } from './error-json.js';
import { ExitCode, printError, takeJsonBegun } from './output.js';
import { StdoutLoss } from './stdout-loss.js';
import { systemErrorText } from './system-errors.js';
import { checkSeparator } from './tune/separator.js';
import { unknownCommandOf } from './unknown-command.js';
import { version } from './version.js';

/** Exit codes: 0 done, 1 the sweep or an operation failed, 2 a mistake in usage or config, 130 interrupted. */
const EPILOG = `
Exit codes: 0 done, 1 the sweep failed, 2 a mistake in usage or configuration, 130 interrupted.
Start with: hpo init && hpo optimize`;

const HELP = ['help [command]', 'print help of a command'] as const;

/** Runs one command line and returns its exit code. Never rejects. */
export async function runCli(args: readonly string[]): Promise<number> {
  // A reader that closes early (hpo trials | head) is no error; a closed terminal must not kill a sweep.
  const loss = new StdoutLoss(process.stdout);
  takeJsonBegun();
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => loss.note(stream, error));
  try {
    const program = makeProgram();
    const shown = await concealedArgs(args);
    checkSeparator(shown);
    await program.parseAsync(unknownCommandOf(program, shown) ?? shown, { from: 'user' });
    await loss.check();
    return 0;
  } catch (error) {
    if (asksForJson(args)) printErrorJson(error);
    return await report(error);
  }
}

/** Returns the command tree. Commander prints usage errors itself. */
export function makeProgram(): Command {
  const program = new Command('hpo')
    .description('Tunes any program that prints METRIC name=value lines.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(...HELP)
    .addHelpText('after', asTyped(EPILOG))
    .showHelpAfterError('(add --help for the options and examples)')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeErr: (text) => process.stderr.write(printable(text)),
    })
    .exitOverride();
  for (const { title, register } of commandGroups) {
    program.commandsGroup(title);
    for (const each of register) each(program);
  }
  // Again, now in the last group; commands with commands of their own have the first one.
  program.helpCommand(...HELP);
  return program;
}

async function report(error: unknown): Promise<number> {
  if (error instanceof ExitCode) return error.code;
  // Thrown by a command; errors of commander's own checks are printed already and have another class.
  if (error instanceof InvalidArgumentError) {
    printError(`error[usage.argument]: ${error.message}`);
    return 2;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof HpoError) {
    printError(errorAsTyped(error.format()));
    if (error.usage) return 2;
    await printCauses(error);
    // Nobody follows the trainers that were left running; listening to them must not keep this process alive.
    if (isDatabaseLost(error)) process.exit(1);
    return 1;
  }
  const ofSystem = systemErrorText(error);
  if (ofSystem !== null) {
    printError(ofSystem);
    return 1;
  }
  printError('error[hpo.defect]: internal error; please report it with the text below');
  printError(error instanceof Error ? await traceOf(error) : String(error));
  return 1;
}

/** Prints a line for each cause; with HPO_DEBUG=1, its whole stack. */
async function printCauses(error: Error): Promise<void> {
  for (let { cause } = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined) {
    const stack = process.env.HPO_DEBUG && cause instanceof Error ? await traceOf(cause) : undefined;
    const [message] = messageOf(cause).split('\n', 1);
    printError(`  caused by: ${stack ?? message}`);
  }
}

/** Returns the stack trace of an error, in lines of the sources. */
async function traceOf({ stack, message }: Error): Promise<string> {
  if (stack === undefined) return message;
  const { sourceTrace } = await import('./source-trace.js');
  return sourceTrace(stack);
}
