import { styleText } from 'node:util';

/** What a text is, for its color. The text says the same without one. */
export type Tone = 'plain' | 'title' | 'faint' | 'good' | 'bad' | 'changing' | 'marked';

/** Adds the color of a tone to a text; nothing where there are no colors. */
export type Style = (tone: Tone, text: string) => string;

const FORMATS = {
  title: 'bold',
  faint: 'dim',
  good: 'green',
  bad: 'red',
  changing: 'cyan',
  marked: 'yellow',
} as const satisfies Readonly<Record<Exclude<Tone, 'plain'>, string>>;

export const PLAIN_STYLE: Style = (_, text) => text;

const COLORED: Style = (tone, text) =>
  tone === 'plain' || text === '' ? text : styleText(FORMATS[tone], text, { validateStream: false });

type Stream = { readonly isTTY?: boolean | undefined };

/** The style of a stream: FORCE_COLOR decides where it is set, then NO_COLOR, then whether it is a terminal. */
export function styleOf(stream: Stream, env: Readonly<Record<string, string | undefined>>): Style {
  return hasColors(stream, env) ? COLORED : PLAIN_STYLE;
}

/** Whether a stream gets colors. */
export function hasColors({ isTTY }: Stream, env: Readonly<Record<string, string | undefined>>): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none, TERM: terminal } = env;
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  if (none !== undefined && none !== '') return false;
  return isTTY === true && terminal !== 'dumb';
}
