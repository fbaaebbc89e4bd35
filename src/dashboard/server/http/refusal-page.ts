import { printable } from '../../../core/printable.js';
import type { Answer } from './answer.js';
import type { Refusal } from './refusal.js';

/** An error as a page, for a browser that was sent to this server: it says what to do, and has no script and no style. */
export function refusalPage({ status, code, message, fix }: Refusal): Answer {
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>hpo</title>',
    '</head>',
    '<body>',
    `<h1>${escapeText(message)}</h1>`,
    ...(fix === null ? [] : [`<p>${escapeText(fix)}</p>`]),
    `<p><code>${escapeText(code)}</code></p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: new TextEncoder().encode(html),
    compress: null,
  };
}

function escapeText(text: string): string {
  return printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
