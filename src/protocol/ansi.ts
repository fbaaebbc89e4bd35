// ECMA-48 and ECMA-35: CSI sequences (colors, cursor), OSC strings ended by BEL or ST (titles, links), other escapes.
// Only a repetition's end can follow it and only ESC begins a match, so the time is linear in the line.
const ANSI = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-Z\\^-~]/g;

/** Returns the text without terminal control sequences, which progress bars and colored loggers add. */
export function stripAnsi(text: string): string {
  return text.includes('\u001b') ? text.replace(ANSI, '') : text;
}

const COLOR = /^\u001b\[[0-9;:]*m$/;

/** Returns the text without terminal control sequences, those of colors (`ESC [ ... m`) apart. */
export function keepColors(text: string): string {
  return text.includes('\u001b')
    ? text.replace(ANSI, (sequence) => (COLOR.test(sequence) ? sequence : ''))
    : text;
}
