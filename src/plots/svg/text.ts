import { cutText, plainText } from '../text.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns a text as XML: text of others never becomes markup. */
export function escapeXml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

/** Returns about how wide a text is, in pixels. A renderer without the reader's fonts cannot measure it. */
export function textWidth(text: string, fontPx: number): number {
  let units = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    units +=
      code > 0x2e7f
        ? 1.05
        : /[iljtf.,:;'|! ]/.test(character)
          ? 0.32
          : /[mwMW@]/.test(character)
            ? 0.9
            : 0.62;
  }
  return units * fontPx;
}

type TextOptions = {
  readonly x: number;
  readonly y: number;
  readonly fontPx: number;
  readonly anchor: 'start' | 'middle' | 'end';
  /** A longer text is cut, and whole in a tooltip. */
  readonly width: number;
  readonly style: 'title' | 'plain' | 'faint' | 'ontop';
  /** Turns the text by a quarter to the left. */
  readonly isUpright: boolean;
};

/** Returns a text element. */
export function textElement(
  text: string,
  { x, y, fontPx, anchor, width, style, isUpright }: TextOptions,
): string {
  const whole = plainText(text);
  const cut = cutText(whole, width, { widthOf: (part) => textWidth(part, fontPx), ellipsis: '…' });
  const turn = isUpright ? ` transform="rotate(-90 ${round(x)} ${round(y)})"` : '';
  const tooltip = cut === whole ? '' : `<title>${escapeXml(whole)}</title>`;
  const at = `x="${round(x)}" y="${round(y)}"`;
  return `<text class="${style}" ${at} font-size="${fontPx}" text-anchor="${anchor}"${turn}>${escapeXml(cut)}${tooltip}</text>`;
}

/** Returns a coordinate with one decimal. */
export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
