/**
 * Every character that can steer a terminal or change the order in which a line is read: the control characters C0 (but
 * newline), DEL and C1, the ends of lines of Unicode, and its marks of direction.
 */
const STEERING =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text as it may go to a terminal or a log: each steering character as `\u001b`. Newlines stay. Names, values, and what
 * programs and servers print are written by others, so everything for people passes through here. JSON means the same after
 * it, since the escapes are those of JSON.
 */
export function printable(text: string): string {
  return text.replace(STEERING, escaped);
}

/** As `printable`, and on one line whatever it holds: a newline becomes `\n`. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
