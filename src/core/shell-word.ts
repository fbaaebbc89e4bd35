/** A text as one word of a POSIX shell, for commands that people copy. hpo itself runs no shell with it. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const CONTROL = /[\u0000-\u001f\u007f]/g;

/**
 * A text as one word of a POSIX shell that holds no line break and no control character itself: `"$(printf %b 'a\nb')"`, so that a
 * person can copy it from a terminal. The shell drops line breaks at the end of what a command prints, so a text that ends in one
 * cannot be written so.
 */
export function shellLine(text: string): string {
  if (text.search(CONTROL) < 0) return shellWord(text);
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(CONTROL, escapeOf);
  return `"$(printf %b ${shellWord(escaped)})"`;
}

/** As `printf %b` of POSIX reads it. */
function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  return `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
