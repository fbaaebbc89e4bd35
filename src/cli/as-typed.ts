/** What tells how this hpo was started. */
export type Started = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The path of the program, as it was typed. */
  readonly program: string;
};

/**
 * Returns how a person starts hpo here: `npx hpo` where npm or npx started it, or its link in node_modules was run, since `hpo`
 * alone is then not on the PATH of the shell. Else `hpo`.
 */
export function hpoCommand({ env, program }: Started = thisProcess()): 'npx hpo' | 'hpo' {
  const byNpm = env.npm_command !== undefined || env.npm_lifecycle_event !== undefined;
  return byNpm || /\/node_modules\/\.bin\/hpo$/.test(program) ? 'npx hpo' : 'hpo';
}

/** Commands that hpo's texts name. After another word such as `hpo could` it is only the name of the program. */
const NAMED =
  /(?<!npx |[\w/.-])hpo (?=(?:ask|best|compare|completion|dashboard|doctor|enqueue|export-csv|hide|import|importance|init|logs|mcp|note|optimize|pause|plot|report|resume|retry|sampler|schema|set|show|stop|storage|study|summary|tell|train|trials|tune|workers)\b)/g;

/** Returns a text of hpo's own with its commands as a person types them here. */
export function asTyped(text: string, started: Started = thisProcess()): string {
  return text.replace(NAMED, `${hpoCommand(started)} `);
}

/** Returns an error for people: the commands in its fixes are as a person types them here. */
export function errorAsTyped(text: string, started: Started = thisProcess()): string {
  return text.replace(/^ {2}fix: .*$/gm, (fix) => asTyped(fix, started));
}

export function thisProcess(): Started {
  return { env: process.env, program: process.argv[1] ?? '' };
}
