/** A text as one word of a POSIX shell, for commands that people copy. hpo itself runs no shell with it. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A text as one word of a POSIX shell that holds no line break itself: `"$(printf %b 'a\\nb')"`. The shell drops line breaks at
 * the end of what a command prints, so a text that ends in one cannot be written so.
 */
export function shellLine(text: string): string {
  if (!text.includes('\n')) return shellWord(text);
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `"$(printf %b ${shellWord(escaped)})"`;
}
