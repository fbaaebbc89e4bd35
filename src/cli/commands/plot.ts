import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../../core/errors.js';
import type { Figure } from '../../plots/figure.js';
import { plots } from '../../plots/registry.js';
import { print, printJson, writeData, writeStyled } from '../output.js';
import { parsePositive } from '../parse.js';
import { findStudy, type StudyOptions, studyToRead, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly out?: string;
  readonly metric?: string;
  readonly top: number;
  readonly logY?: boolean;
  readonly outliers?: boolean;
  readonly params?: readonly string[];
  readonly json?: boolean;
};

const KINDS = plots.map(({ name }) => name);

export function registerPlot(program: Command): void {
  const command = program
    .command('plot')
    .description('Draw a plot of a study in the terminal, or as an SVG or PNG file.')
    .addArgument(kindArgument())
    .addHelpText(
      'after',
      `\nPlots:\n${plots.map(({ name, summary }) => `  ${name.padEnd(11)} ${summary}`).join('\n')}`,
    );
  studyOptions(command)
    .addOption(
      new Option(
        '--out <file>',
        'write a file instead: SVG, or PNG where its name ends in .png (-: SVG to stdout)',
      ).conflicts('json'),
    )
    .option('--metric <name>', 'an objective or another metric (default: the first objective)')
    .option('--top <n>', 'how many of the best configurations stand out', parsePositive, 5)
    .option('--log-y', 'a log axis for the metric')
    .option('--outliers', 'show values far from the rest, too')
    .option('--params <a,b>', 'the two parameters of contour (default: those that matter most)', parsePair);
  examples(
    jsonOption(command),
    'hpo plot history',
    'hpo plot slice --log-y',
    'hpo plot contour --params lr,momentum',
    'hpo plot curves --top 10 --out curves.svg',
  ).action(plot);
}

/** With choices for the help and completion; `plot` checks them, since it names the nearest one. */
function kindArgument(): Argument {
  const argument = new Argument('<kind>', 'what to draw').choices(KINDS);
  return argument.argParser((text: string) => text);
}

function parsePair(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length === 2 && names.every((name) => name !== '') && names[0] !== names[1]) return names;
  throw new InvalidArgumentError('expected two names of parameters with a comma between them');
}

async function plot(kind: string, options: Options): Promise<void> {
  const { drawFigure, unknownName } = await import('../plot-figure.js');
  if (!KINDS.includes(kind)) throw unknownName('plot', kind, KINDS);
  if (options.params !== undefined && kind !== 'contour')
    throw usageError('plot.params', `expected --params with the plot contour, got it with ${kind}`);
  const figure = await withStorage(options.storage, 'read', async (storage) => {
    const study = await studyToRead(storage, await findStudy(storage, options));
    return drawFigure(storage, study, {
      kind,
      metric: options.metric ?? null,
      top: options.top,
      isLogY: options.logY ?? false,
      showsOutliers: options.outliers ?? false,
      parameters: options.params ?? [],
    });
  });
  if (options.json) return printJson('plot', figure);
  if (options.out !== undefined) return writeFigure(figure, options.out);
  const { renderTerminal } = await import('../../plots/terminal/terminal.js');
  const { terminalStyle } = await import('../terminal-style.js');
  // Its colors would be escaped by `print`. All other text in it is printable.
  await writeStyled(`${renderTerminal(figure, terminalStyle())}\n`);
}

async function writeFigure(figure: Figure, file: string): Promise<void> {
  const [{ renderSvg }, { pngOf }, { replaceFile }] = await Promise.all([
    import('../../plots/svg/svg.js'),
    import('../png.js'),
    import('../output-file.js'),
  ]);
  if (file === '-') return void (await writeData(renderSvg(figure)));
  await replaceFile(file, [/\.png$/i.test(file) ? await pngOf(figure) : renderSvg(figure)]);
  const reason = figure.panels.length === 0 ? `, which says: ${figure.notes.join('; ')}` : '';
  print(`wrote ${file}${reason}`);
}
