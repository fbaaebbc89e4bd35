import { Argument, type Command } from 'commander';
import { printData } from '../output.js';
import { examples } from './shared.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function registerCompletion(program: Command): void {
  const command = program
    .command('completion')
    .description('Print the script that lets a shell complete commands and options with the Tab key.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS));
  examples(
    command,
    'hpo completion bash >> ~/.bashrc',
    'hpo completion zsh > ~/.zfunc/_hpo',
    'hpo completion fish > ~/.config/fish/completions/hpo.fish',
  ).action(async (shell: (typeof SHELLS)[number]) => {
    const { completionScript } = await import('../completion/shells.js');
    const { nodesOf } = await import('../completion/tree.js');
    printData(`${completionScript(shell, nodesOf(program)).trimEnd()}\n`);
  });
}
