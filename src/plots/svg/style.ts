import { allTones, toneColor } from '../palette.js';

export const LIGHT = {
  page: '#ffffff',
  text: '#1f2328',
  faint: '#59636e',
  grid: '#e4e7eb',
  frame: '#b8bfc8',
};
const DARK = { page: '#14171c', text: '#e6eaef', faint: '#9aa4b0', grid: '#2b3038', frame: '#4a525d' };

/** Returns the style sheet of a figure: colors for light pages, and for dark ones where the reader prefers them. */
export function styleSheet(): string {
  const font =
    'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}';
  const weight = '.title{font-weight:600}';
  return `<style>${font}${weight}${rules('light', LIGHT)}@media (prefers-color-scheme:dark){${rules('dark', DARK)}}</style>`;
}

function rules(theme: 'light' | 'dark', { page, text, faint, grid, frame }: typeof LIGHT): string {
  const tones = allTones().map((tone) => `.${tone}{color:${toneColor(tone)[theme]}}`);
  return [
    `.page{fill:${page}}`,
    `.title,.plain{fill:${text}}`,
    `.faint,.ontop{fill:${faint}}`,
    // Readable over lines.
    `.ontop{stroke:${page};stroke-width:3;paint-order:stroke}`,
    `.grid{stroke:${grid};fill:none}`,
    `.frame{stroke:${frame};fill:none}`,
    `.halo{stroke:${page}}`,
    `.whisker{stroke:${text}}`,
    ...tones,
  ].join('');
}
