/**
 * Every character that can control a terminal or change the reading order of a line: the control characters C0 (except
 * newline), DEL and C1, Unicode's line separators, and its direction marks.
 */
const STEERING =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Returns the text with each control character escaped as `\u001b`, for a terminal or a log. Newlines stay. Others write names,
 * values and the output of programs and servers, so all text for people passes through here. JSON keeps its meaning, since the
 * escapes are those of JSON.
 */
export function printable(text: string): string {
  return text.replace(STEERING, escaped);
}

/** Returns the text as `printable` does, on one line: a newline becomes `\n`. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
