/** A text as one word of a POSIX shell, for commands that people copy. hpo itself runs no shell with it. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
