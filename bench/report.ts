import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report, Section } from './bench.js';
import { type Machine, machineText } from './machine.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export function printReport(report: Report): void {
  console.log(`\n${report.title}\n`);
  for (const section of report.sections) console.log(`${section.title}\n${table(section)}\n`);
}

/** Writes NAME.md and NAME.json into docs/bench; a draft into .bench, because its figures prove nothing. */
export function writeReport(
  name: string,
  report: Report,
  machine: Machine,
  { draft, flags }: { readonly draft: boolean; readonly flags: readonly string[] },
): string[] {
  const folder = join(ROOT, draft ? '.bench' : join('docs', 'bench'));
  mkdirSync(folder, { recursive: true });
  const files = [
    { path: join(folder, `${name}.md`), text: markdown(name, report, machine, flags) },
    {
      path: join(folder, `${name}.json`),
      text: `${JSON.stringify({ bench: name, quick: draft, machine, figures: report.figures }, null, 2)}\n`,
    },
  ];
  for (const { path, text } of files) writeFileSync(path, text);
  return files.map(({ path }) => relative(process.cwd(), path));
}

function markdown(
  name: string,
  { title, intro, sections }: Report,
  machine: Machine,
  flags: readonly string[],
): string {
  const command = ['npm run bench', name, ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ');
  const parts = [
    `# ${title}`,
    intro,
    `Written by \`${command}\` (${machineText(machine)}); every number is in [${name}.json](${name}.json).`,
    ...sections.flatMap((section) => [`## ${section.title}`, section.text, table(section)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Returns a table that is readable both in a terminal and as Markdown. */
function table({ header, rows }: Section): string {
  const widths = header.map((title, k) =>
    Math.max(3, title.length, ...rows.map((row) => row[k]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, k) => (k === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}
