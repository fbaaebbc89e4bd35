import { clean } from '../text.js';

/** A part of a line of a log, and the class of its color; null for the color of the text. */
export type LogSpan = { readonly text: string; readonly color: string | null };

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
// Colors are kept, everything else that begins with ESC is not.
const ESCAPE =
  /\u001b\[([0-9;]*)m|\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;

/** Returns the spans of a line; colors continue from line to line as on a terminal. */
export class AnsiReader {
  #color: string | null = null;
  #bold = false;

  read(line: string): LogSpan[] {
    const spans: LogSpan[] = [];
    let at = 0;
    for (const match of line.matchAll(ESCAPE)) {
      this.#push(spans, line.slice(at, match.index));
      at = match.index + match[0].length;
      if (match[1] !== undefined) this.#apply(match[1]);
    }
    this.#push(spans, line.slice(at));
    return spans;
  }

  #push(spans: LogSpan[], text: string): void {
    if (text === '') return;
    const classes = [this.#color, this.#bold ? 'bold' : null].filter((each) => each !== null);
    spans.push({ text: clean(text), color: classes.map((each) => `ansi-${each}`).join(' ') || null });
  }

  #apply(codes: string): void {
    const list = codes === '' ? [0] : codes.split(';').map(Number);
    for (let k = 0; k < list.length; k++) {
      const code = list[k] as number;
      if (code === 0) {
        this.#color = null;
        this.#bold = false;
      } else if (code === 1) this.#bold = true;
      else if (code === 22) this.#bold = false;
      else if (code === 39) this.#color = null;
      else if (code >= 30 && code <= 37) this.#color = NAMES[code - 30] ?? null;
      else if (code >= 90 && code <= 97) this.#color = NAMES[code - 90] ?? null;
      // Colors out of 256 or of 24 bits have no class; their numbers must not be read as codes.
      else if (code === 38 || code === 48) k += list[k + 1] === 5 ? 2 : 4;
    }
  }
}

/** Returns a line as a terminal shows it: what follows a carriage return covers what stands before. */
export function resolveReturns(line: string): string {
  if (!line.includes('\r')) return line;
  let shown = '';
  for (const part of line.split('\r')) {
    if (part === '') continue;
    shown = part.length >= shown.length || part.includes('\u001b') ? part : part + shown.slice(part.length);
  }
  return shown;
}
