import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { printable } from '../../core/printable.js';
import type { ReportData } from '../protocol.js';

/** The page as it was built: its script and its style. */
export type PageFiles = { readonly script: string; readonly style: string };

/**
 * Returns one HTML file with the page and the data of a study. It needs no server and no network: its policy allows exactly this
 * script and this style, and nothing from elsewhere.
 */
export function reportHtml(data: ReportData, { script, style }: PageFiles): string {
  const [code, rules] = [escapeScript(script), escapeStyle(style)];
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(code)}'`,
    `style-src 'sha256-${sha256(rules)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { columns, curves, trials, ...contents } = data;
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeText(printable(data.study.name))}</title>`,
    `<style>${rules}</style>`,
    '</head>',
    '<body data-ready="false" data-trials="0" data-selected="0">',
    '<div id="app"></div>',
    block('hpo-report', json(contents)),
    block('hpo-columns', columns),
    block('hpo-curves', curves),
    ...(trials?.length ? [block('hpo-trials', json(trials))] : []),
    `<script type="module">${code}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Data that no browser runs: base64 has no character with a meaning in HTML. */
function block(id: string, bytes: Uint8Array): string {
  const text = gzipSync(bytes, { level: 9 }).toString('base64');
  return `<script type="application/octet-stream" id="${id}">${text}</script>`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** In texts and patterns of JavaScript a backslash before these characters changes nothing. */
function escapeScript(code: string): string {
  return code.replace(/<(\/script|script)/gi, '\\x3c$1').replaceAll('<!--', '\\x3c!--');
}

function escapeStyle(rules: string): string {
  return rules.replace(/<\/style/gi, '<\\/style');
}
