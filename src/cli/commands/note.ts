import type { Command } from 'commander';
import { CONTROLS } from '../../control/registry.js';
import { parseCount } from '../parse.js';
import { runControl } from '../run-control.js';
import type { StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly tag?: readonly string[];
  readonly untag?: readonly string[];
  readonly json?: boolean;
};

const collect = (name: string, names: readonly string[] = []) => [...names, name];

export function registerNote(program: Command): void {
  const command = program
    .command('note')
    .description(CONTROLS.note.summary)
    .argument('<trial>', 'number of the trial, or the word study', parseTarget)
    .argument('[text]', 'the note, which replaces an earlier one; empty: none; left out: the note is shown')
    .option('--tag <name>', 'add a tag; may be given more than once', collect)
    .option('--untag <name>', 'remove a tag; may be given more than once', collect);
  examples(
    jsonOption(studyOptions(command)),
    'hpo note 12 "diverged after the warmup"',
    'hpo note 12 --tag paper',
    'hpo note study "second try, with a warmup"',
    'hpo note 12',
    'hpo note 12 ""',
  ).action((trial: number | undefined, text: string | undefined, { tag, untag, ...options }: Options) =>
    text === undefined && !tag && !untag
      ? showNote(trial, options)
      : runControl(CONTROLS.note, { trial, text, tags: tag, untag }, options),
  );
}

async function showNote(trial: number | undefined, options: StudyOptions & { readonly json?: boolean }) {
  const { printNote } = await import('../print-note.js');
  await printNote(trial ?? null, options);
}

/** Undefined for the study itself: an argument that the control leaves out. */
function parseTarget(text: string): number | undefined {
  return text === 'study' ? undefined : parseCount(text);
}
