import { describe, expect, test } from 'vitest';
import { Canvas, type Picture } from '../../src/plots/raster/canvas.js';
import { glyphOf } from '../../src/plots/raster/glyphs.js';
import { renderPicture } from '../../src/plots/raster/render.js';
import { linesOf } from '../../src/plots/raster/svg-elements.js';
import { renderSvg } from '../../src/plots/svg/svg.js';
import { textElement } from '../../src/plots/svg/text.js';
import { complete, draw, study } from './support.js';

const ASCII = Array.from({ length: 94 }, (_, k) => String.fromCharCode(33 + k));

function colorAt({ width, bytes }: Picture, x: number, y: number): readonly number[] {
  const at = 3 * (y * width + x);
  return [...bytes.subarray(at, at + 3)];
}

/** A document with one element on a white page of 100 by 100 pixels. */
function drawn(element: string): Picture {
  const page = '<rect class="page" width="100" height="100"/>';
  return renderPicture(`<svg width="100" height="100" viewBox="0 0 100 100">${page}${element}</svg>`, 1);
}

/** The box around everything that is not white. */
function inkIn(picture: Picture) {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++)
      if (colorAt(picture, x, y).some((part) => part < 200)) {
        xs.push(x);
        ys.push(y);
      }
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

describe('the font', () => {
  test('has a glyph of its own for each printable character of ASCII', () => {
    const glyphs = ASCII.map((each) => JSON.stringify(glyphOf(each)));
    expect(new Set(glyphs).size).toBe(ASCII.length);
    expect(glyphs).not.toContain(JSON.stringify(glyphOf('宽')));
  });

  test('draws a letter with an accent as the letter, and what it does not know as a box', () => {
    expect(glyphOf('é')).toBe(glyphOf('e'));
    expect(glyphOf('μ')).toBe(glyphOf('µ'));
    expect(glyphOf('宽')).toBe(glyphOf('👍'));
    expect(glyphOf('宽').strokes).not.toEqual([]);
  });

  test('keeps each glyph inside of its width', () => {
    for (const each of [...ASCII, '…', '±', '→'])
      for (const [x, y] of glyphOf(each).strokes.flat()) {
        expect(x).toBeLessThanOrEqual(glyphOf(each).width + 1);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      }
  });

  test('places a text by its anchor, and turns it where it is upright', () => {
    const text = (anchor: 'start' | 'middle' | 'end', isUpright: boolean) =>
      inkIn(
        drawn(
          textElement('loss', { x: 50, y: 50, fontPx: 12, anchor, width: 90, style: 'plain', isUpright }),
        ),
      );
    const [start, middle, end] = (['start', 'middle', 'end'] as const).map((anchor) => text(anchor, false));
    expect(start?.left).toBeCloseTo(50, -1);
    expect(end?.right).toBeCloseTo(50, -1);
    expect(((middle?.left ?? 0) + (middle?.right ?? 0)) / 2).toBeCloseTo(50, -0.5);
    const upright = text('middle', true);
    expect(upright.bottom - upright.top).toBe((middle?.right ?? 0) - (middle?.left ?? 0));
  });
});

describe('a picture', () => {
  test('has the colors of the SVG at its places, and light ones where a mark lets the page through', () => {
    const rect = '<rect class="best" x="20" y="20" width="40" height="40" fill="currentColor"/>';
    expect(colorAt(drawn(rect), 40, 40)).toEqual([0xd5, 0x5e, 0x00]);
    expect(colorAt(drawn(rect), 61, 40)).toEqual([255, 255, 255]);
    const half = drawn(rect.replace('/>', ' fill-opacity="0.5"/>'));
    expect(colorAt(half, 40, 40)).toEqual([234, 175, 128]);
  });

  test('is not darker where a line crosses itself', () => {
    const cross =
      '<path class="fail" stroke="currentColor" d="M10 10L90 90M10 90L90 10" stroke-width="8" stroke-opacity="0.5"/>';
    const picture = drawn(cross);
    expect(colorAt(picture, 50, 50)).toEqual(colorAt(picture, 30, 30));
  });

  test('keeps marks inside of the panel', () => {
    const clip = '<clipPath id="a"><rect x="10" y="10" width="20" height="20"/></clipPath>';
    const line = '<path class="main" stroke="currentColor" d="M0 20H100" stroke-width="4"/>';
    const ink = inkIn(drawn(`${clip}<g clip-path="url(#a)">${line}</g>`));
    expect(ink).toMatchObject({ left: 10, right: 29 });
  });

  test('fills what lies between two outlines of any form, once where they overlap', () => {
    const canvas = new Canvas(10, 10);
    const square = (at: number) =>
      [
        [at, at],
        [at + 4, at],
        [at + 4, at + 4],
        [at, at + 4],
      ] as const;
    canvas.area([square(1), square(3)]);
    canvas.paint([200, 100, 50], 1);
    for (const at of [1, 4, 6]) expect(colorAt(canvas.picture, at, at)).toEqual([200, 100, 50]);
    expect(colorAt(canvas.picture, 8, 8)).toEqual([0, 0, 0]);
  });

  test('is smaller than twice the SVG where that would be too large', () => {
    const svg = (side: number) =>
      `<svg width="${side}" height="${side}"><rect class="page" width="1" height="1"/></svg>`;
    expect(renderPicture(svg(100)).width).toBe(200);
    expect(renderPicture(svg(6000)).width).toBeLessThan(3500);
  });

  test('of an element or a path that nobody drew before is refused, not left out', () => {
    expect(() => drawn('<circle class="main"/>')).toThrow('no element circle');
    expect(() => drawn('<path class="main" d="M0 0C1 1 2 2 3 3"/>')).toThrow('no command C');
    expect(() => drawn('<path class="other" d="M0 0h3"/>')).toThrow('no color for other');
    expect(linesOf('M1 2h3v4m-1 1L9 9z')).toEqual([
      [
        [1, 2],
        [4, 2],
        [4, 6],
      ],
      [
        [3, 7],
        [9, 9],
        [3, 7],
      ],
    ]);
  });

  test('of a study has its trials in the color of their tone', async () => {
    const figure = await draw('history', study([complete({ a: 0.1 }, 3), complete({ a: 0.2 }, 1)]));
    const { bytes } = renderPicture(renderSvg(figure), 1);
    const colors = new Set<string>();
    for (let at = 0; at < bytes.length; at += 3) colors.add([...bytes.subarray(at, at + 3)].join());
    expect(colors).toContain('213,94,0');
  });
});
