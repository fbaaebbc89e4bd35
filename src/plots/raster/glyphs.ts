/**
 * The glyphs of a font of strokes, which needs no file of the system. A glyph is its width and its strokes; a stroke is a list
 * of points, two hexadecimal digits each: x, and y upwards with the baseline at 3, the x-height at 10 and capitals up to 13. A
 * stroke is straight from point to point; one that begins with `~` is a curve that its inner points pull, `@` a closed one.
 */
const GLYPHS = `
a5 ~090a5a56 5653 @53030757;b6 030d @03636a0a;c5 ~595a0a035354;d6 636d @03636a0a;e6 0666 ~666a0a036364;f4 ~4d1d19 1913 0a4a
g6 @03636a0a 6a63 ~63600001;h5 030d ~070a5a57 5753;i0 030a 0c0d;j2 2a22 ~222000 2c2d;k5 030d 5a06 2753;l2 0d05 ~050323
m8 030a ~070a4a47 4743 ~474a8a87 8783;n5 030a ~070a5a57 5753;o6 @03636a0a;p6 000a @03636a0a;q6 606a @03636a0a;r4 030a ~070a4a
s5 ~595a0a0757530304;t4 1c15 ~151343 0a4a;u5 0a06 ~06035356 5a53;v6 0a336a;w8 0a234a638a;x5 035a 0a53;y6 0a33 6a20;z5 0a5a0353
A6 033d63 1656;B6 0d03 ~0d5d5808 ~08686303;C6 ~6b6d0d036365;D6 030d ~0d6d6303;E5 5d0d0353 0848;F5 5d0d03 0848
G6 ~6b6d0d036367 3767;H6 030d 636d 0868;I4 0343 0d4d 232d;J5 5d56 ~56530306;K6 030d 6d07 2963;L5 0d0353;M8 030d478d83
N6 030d636d;O7 @03737d0d;P6 030d ~0d6d6707;Q7 @03737d0d 4572;R6 030d ~0d6d6707 2763;S6 ~6b6d0d0868630305;T6 0d6d 333d
U6 0d06 ~06036366 666d;V6 0d336d;W8 0d234d638d;X6 036d 0d63;Y6 0d386d 3833;Z6 0d6d0363
06 @03636d0d;16 1b3d33 1353;26 ~0b0d6d6903 0363;36 ~0b0d5d5828 ~2868630305;46 434d0666;56 5d0d08 ~081969630305
66 @03636909 ~5d0d06;76 0d6d23;86 @18585d1d @03636808;96 @07676d0d ~6a6313
.1 0313140403;,1 1413 0114;:1 0313140403 08181909;;1 14130114 0919;!1 0d06 0313;?5 ~0b0d5d5828 2826 2333;-4 0747;_6 0161
+6 0767 3a34;=6 0868 0565;*6 3d37 0c68 6c08;/5 025e;\\5 0e52;|0 000e;(3 ~3e0b0431;)3 ~0e3b3401;[3 3e0e0131;]3 0e3e3101
{4 ~4e2e2a08 ~08262141;}4 ~0e2e2a48 ~48262101;<6 6b0763;>6 0b6703;%7 6d13 @0a2a2d0d @53737656;#6 132d 435d 0666 0a6a
&7 731a ~1a1d5d5a06034378;@8 @02828d0d @35656a3a;"2 0d0b 2d2b;'0 0d0b;\`2 0d2b;^6 0a3d6a;~6 ~0619375568;$6 ~6b6d0d0868630305 3e32
…8 0313140403 3343443433 6373746463;±6 0868 3b35 0363;×4 0549 0945;µ5 0a00 ~06035356 5a53;·1 0717180807;–6 0767;→7 0777 4a7744
≤6 6b0765 0363;≥6 0b6705 0363;°3 @0a3a3d0d
`;
/** What stands for a character that has no glyph. */
const UNKNOWN = { width: 5, strokes: [line(points('03535d0d03'))] };

type Point = readonly [x: number, y: number];
export type Glyph = { readonly width: number; readonly strokes: readonly (readonly Point[])[] };

/** Lengths in shares of the size of the font. */
export const UNIT = 0.072;
export const BASELINE = 3;
const SPACE = 4;
/** Between two glyphs. */
export const GAP = 2.3;

const KNOWN = new Map<string, Glyph>();

/** Returns the glyph of a character: its own, that of the letter without its accent, or a box. */
export function glyphOf(character: string): Glyph {
  if (KNOWN.size === 0) readGlyphs();
  const [letter = ''] = character.normalize('NFKD');
  return KNOWN.get(character) ?? KNOWN.get(letter) ?? UNKNOWN;
}

function readGlyphs(): void {
  const none = { width: SPACE - GAP, strokes: [] };
  KNOWN.set(' ', none);
  for (const [, name = '', width, strokes = ''] of GLYPHS.matchAll(/(?<=^|;)(.)(\d) (.+?)(?=;.\d |$)/gmu))
    KNOWN.set(name, { width: Number(width), strokes: strokes.split(' ').map(strokeOf) });
  for (const [other, name] of Object.entries({
    '—': '–',
    '−': '–',
    μ: 'µ',
    '‘': "'",
    '’': "'",
    '“': '"',
    '”': '"',
  }))
    KNOWN.set(other, KNOWN.get(name) as Glyph);
}

function strokeOf(text: string): readonly Point[] {
  if (text.startsWith('~')) return curve(points(text.slice(1)), false);
  return text.startsWith('@') ? curve(points(text.slice(1)), true) : line(points(text));
}

function points(text: string): Point[] {
  return [...text.matchAll(/(.)(.)/g)].map(([, x = '', y = '']) => [
    Number.parseInt(x, 16),
    Number.parseInt(y, 16),
  ]);
}

function line(through: readonly Point[]): readonly Point[] {
  return through;
}

/** Steps of a part of a curve. */
const STEPS = 6;

/** Returns a quadratic B-spline as points. */
function curve(pulled: readonly Point[], isClosed: boolean): readonly Point[] {
  const all = isClosed ? [...pulled, pulled[0] as Point, pulled[1] as Point] : pulled;
  const last = all.length - 2;
  let from = isClosed ? between(all[0] as Point, all[1] as Point, 0.5) : (all[0] as Point);
  const found = [from];
  for (let k = 1; k <= last; k++) {
    const [pull, next] = [all[k] as Point, all[k + 1] as Point];
    const to = k === last && !isClosed ? next : between(pull, next, 0.5);
    for (let step = 1; step <= STEPS; step++) {
      const part = step / STEPS;
      found.push(between(between(from, pull, part), between(pull, to, part), part));
    }
    from = to;
  }
  return found;
}

function between([x, y]: Point, [toX, toY]: Point, part: number): Point {
  return [x + part * (toX - x), y + part * (toY - y)];
}
