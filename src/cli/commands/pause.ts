import type { Command } from 'commander';
import { CONTROLS } from '../../control/registry.js';
import { runControl } from '../run-control.js';
import type { StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean };

export function registerPause(program: Command): void {
  const command = program.command('pause').description(CONTROLS.pause.summary);
  examples(jsonOption(studyOptions(command)), 'hpo pause', 'hpo pause --study sweep').action(
    (options: Options) => runControl(CONTROLS.pause, {}, options),
  );
}

export function registerResume(program: Command): void {
  const command = program.command('resume').description(CONTROLS.resume.summary);
  examples(jsonOption(studyOptions(command)), 'hpo resume', 'hpo resume --study sweep').action(
    (options: Options) => runControl(CONTROLS.resume, {}, options),
  );
}
