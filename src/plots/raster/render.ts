import type { Tone } from '../figure.js';
import { allTones, toneColor } from '../palette.js';
import { LIGHT } from '../svg/style.js';
import { type Area, Canvas, type Color, type Picture } from './canvas.js';
import { BASELINE, GAP, glyphOf, UNIT } from './glyphs.js';
import { type Element, elementsOf, linesOf } from './svg-elements.js';

/** Pixels for each pixel of the SVG, unless the picture would be too large. */
const SCALE = 2;
const MOST_PIXELS = 12e6;
const LONGEST_SIDE = 7900;

type Point = readonly [x: number, y: number];

/** Returns a document of `renderSvg` as pixels, as on a light page. @throws RangeError for what such documents do not have. */
export function renderPicture(svg: string, scale = SCALE): Picture {
  const [root, ...elements] = elementsOf(svg);
  const [width, height] = [numberOf(root, 'width'), numberOf(root, 'height')];
  const fits = Math.min(
    scale,
    LONGEST_SIDE / Math.max(width, height),
    Math.sqrt(MOST_PIXELS / (width * height)),
  );
  const drawing = new Drawing(new Canvas(Math.ceil(width * fits), Math.ceil(height * fits)), fits);
  for (const element of elements) drawing.add(element);
  return drawing.canvas.picture;
}

class Drawing {
  readonly canvas: Canvas;
  readonly #scale: number;
  readonly #colors = colors();
  readonly #clips = new Map<string, Area>();
  #openClip: string | null = null;
  #clip: Area | undefined = undefined;

  constructor(canvas: Canvas, scale: number) {
    this.canvas = canvas;
    this.#scale = scale;
  }

  add(element: Element): void {
    const { name, isEnd, attributes } = element;
    switch (name) {
      case 'clipPath':
        this.#openClip = isEnd ? null : (attributes.get('id') ?? '');
        return;
      case 'g':
        this.#clip = isEnd
          ? undefined
          : this.#clips.get(/#([^)]*)/.exec(attributes.get('clip-path') ?? '')?.[1] ?? '');
        return;
      case 'rect':
        this.#rectangle(element);
        return;
      case 'path':
        this.#path(element);
        return;
      case 'text':
        if (!isEnd) this.#text(element);
        return;
      case 'style':
      case 'title':
      case 'svg':
        return;
      default:
        throw new RangeError(`no element ${name} in a figure`);
    }
  }

  #rectangle(element: Element): void {
    const [x, y] = [numberOf(element, 'x'), numberOf(element, 'y')].map((each) => each * this.#scale) as [
      number,
      number,
    ];
    const [right, bottom] = [
      x + numberOf(element, 'width') * this.#scale,
      y + numberOf(element, 'height') * this.#scale,
    ];
    if (this.#openClip !== null) {
      this.#clips.set(this.#openClip, {
        left: Math.round(x),
        top: Math.round(y),
        right: Math.round(right),
        bottom: Math.round(bottom),
      });
      return;
    }
    this.canvas.area([
      [
        [x, y],
        [right, y],
        [right, bottom],
        [x, bottom],
      ],
    ]);
    this.#paint(element, numberOf(element, 'fill-opacity', 1));
  }

  #path(element: Element): void {
    const { attributes } = element;
    const isCrisp = attributes.get('shape-rendering') === 'crispEdges';
    const place = (value: number) => (isCrisp ? Math.round(value * this.#scale) : value * this.#scale);
    const lines = linesOf(attributes.get('d') ?? '').map((points) =>
      points.map(([x, y]): Point => [place(x), place(y)]),
    );
    if (attributes.get('fill') === 'currentColor') {
      this.canvas.area(lines);
      this.#paint(element, numberOf(element, 'fill-opacity', 1));
      return;
    }
    const width = numberOf(element, 'stroke-width', 1) * this.#scale;
    const dash = numberOf(element, 'stroke-dasharray', 0) * this.#scale;
    for (const points of lines)
      for (const each of dash === 0 ? [points] : dashes(points, dash)) this.canvas.line(each, width);
    this.#paint(element, numberOf(element, 'stroke-opacity', 1));
  }

  #text(element: Element): void {
    const { attributes, text } = element;
    const size = numberOf(element, 'font-size') * this.#scale;
    const [x, y] = [numberOf(element, 'x') * this.#scale, numberOf(element, 'y') * this.#scale];
    const glyphs = [...text].map(glyphOf);
    const unit = size * UNIT;
    const width = unit * (glyphs.reduce((sum, glyph) => sum + glyph.width + GAP, 0) - GAP);
    const anchor = attributes.get('text-anchor');
    const isUpright = attributes.has('transform');
    const style = attributes.get('class');
    let at = anchor === 'middle' ? -width / 2 : anchor === 'end' ? -width : 0;
    const lines: Point[][] = [];
    for (const glyph of glyphs) {
      for (const stroke of glyph.strokes)
        lines.push(
          stroke.map(([right, up]): Point => {
            const [along, above] = [at + right * unit, (up - BASELINE) * unit];
            return isUpright ? [x - above, y - along] : [x + along, y - above];
          }),
        );
      at += (glyph.width + GAP) * unit;
    }
    const weight = size * (style === 'title' ? 0.125 : 0.09);
    if (style === 'ontop') {
      for (const line of lines) this.canvas.line(line, weight + 3 * this.#scale);
      this.canvas.paint(this.#colors.get('page') as Color, 1, this.#clip);
    }
    for (const line of lines) this.canvas.line(line, weight);
    this.#paint(element, 1);
  }

  #paint({ attributes }: Element, opacity: number): void {
    const name = attributes.get('class') ?? '';
    const color = this.#colors.get(name);
    if (!color) throw new RangeError(`no color for ${name}`);
    this.canvas.paint(color, opacity, this.#clip);
  }
}

/** The color of each class, as the style sheet has them for a light page. */
function colors(): ReadonlyMap<string, Color> {
  const { page, text, faint, grid, frame } = LIGHT;
  const named = {
    page,
    title: text,
    plain: text,
    whisker: text,
    faint,
    ontop: faint,
    grid,
    frame,
    halo: page,
  };
  const tones = allTones().map((tone: Tone) => [tone, toneColor(tone).light] as const);
  return new Map([...Object.entries(named), ...tones].map(([name, color]) => [name, colorOf(color)]));
}

/** Reads `#1f2328` and `rgb(31, 35, 40)`. */
function colorOf(text: string): Color {
  const parts = text.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
    : [...text.matchAll(/\d+/g)].map(Number);
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
}

function numberOf(element: Element | undefined, name: string, without = 0): number {
  return Number.parseFloat(element?.attributes.get(name) ?? String(without));
}

/** Cuts straight lines into dashes with gaps of the same length. */
function dashes(points: readonly Point[], length: number): readonly (readonly Point[])[] {
  const [x, y] = points[0] ?? [0, 0];
  const [toX, toY] = points[1] ?? [x, y];
  const count = Math.floor(Math.hypot(toX - x, toY - y) / length / 2);
  const at = (part: number): Point => [x + part * (toX - x), y + part * (toY - y)];
  return Array.from({ length: count }, (_, k) => [at(k / count), at((k + 0.5) / count)]);
}
