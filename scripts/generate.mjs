// Writes the generated files: `npm run generate`. With --check it only compares.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { componentFunctionsText, KINDS, schedulerFunctionsText } from './component-functions.mjs';
import { commandReference } from './docs/command-reference.mjs';
import { measuredFacts } from './facts.mjs';
import { documentsTable, withoutJsonTable } from './json-documents.mjs';
import { drawPictures } from './pictures.mjs';
import { choiceTable } from './sampler-choice.mjs';
import { samplersTable } from './samplers-table.mjs';
import { savingsTable, stoppingText } from './savings-table.mjs';
import { source } from './sources.mjs';

const { sweepJsonSchema } = await source('config/json-schema.ts');
const { libraryOptionsText, settingsTable } = await source('config/settings-text.ts');
const { eventsTable } = await source('loggers/events/table.ts');
const { executors } = await source('executors/registry.ts');
const { loggers } = await source('loggers/registry.ts');
const { plots } = await source('plots/registry.ts');
const { pruners } = await source('pruners/registry.ts');
const { samplers } = await source('samplers/registry.ts');
const { schedulers } = await source('schedulers/registry.ts');
const { terminators } = await source('terminators/registry.ts');

const files = new Map([
  [new URL('../cfg/sweep.schema.json', import.meta.url), sweepJsonSchema()],
  [new URL('../src/library/setting-options.ts', import.meta.url), libraryOptionsText()],
]);
const taken = new Set();
for (const [at, registry] of [samplers, schedulers, pruners, terminators].entries()) {
  const file = new URL(`../src/library/${KINDS[at].kind}-functions.ts`, import.meta.url);
  const isScheduler = registry === schedulers;
  files.set(
    file,
    isScheduler
      ? schedulerFunctionsText(schedulers, pruners, taken)
      : componentFunctionsText(KINDS[at], registry, taken),
  );
  for (const { name } of registry) taken.add(name);
}
for (const [name, registries] of [
  ['configuration', { executors, samplers, schedulers, pruners }],
  ['stopping', { terminators }],
]) {
  const page = new URL(`../docs/${name}.md`, import.meta.url);
  const text = withTables(await readFile(page, 'utf8'), registries);
  files.set(page, name === 'configuration' ? between(text, 'settings', settingsTable()) : text);
}
const plotsPage = new URL('../docs/plots.md', import.meta.url);
files.set(plotsPage, between(await readFile(plotsPage, 'utf8'), 'plots', plotsTable()));
const running = new URL('../docs/running.md', import.meta.url);
files.set(running, between(await readFile(running, 'utf8'), 'loggers', loggersTable()));
const events = new URL('../docs/events.md', import.meta.url);
files.set(events, between(await readFile(events, 'utf8'), 'events', eventsTable()));
const json = new URL('../docs/json.md', import.meta.url);
const documents = between(await readFile(json, 'utf8'), 'documents', documentsTable());
files.set(json, between(documents, 'without-json', withoutJsonTable()));
files.set(new URL('../docs/reference/cli.md', import.meta.url), await commandReference());
const schedulersPage = new URL('../docs/schedulers.md', import.meta.url);
const savings = `${savingsTable()}\n\n${stoppingText()}`;
files.set(schedulersPage, between(await readFile(schedulersPage, 'utf8'), 'savings', savings));
const samplersPage = new URL('../docs/samplers.md', import.meta.url);
const chosen = between(await readFile(samplersPage, 'utf8'), 'choice', choiceTable());
files.set(samplersPage, between(chosen, 'beside', samplersTable()));
const readme = new URL('../README.md', import.meta.url);
const facts = measuredFacts().map((fact) => `- ${fact}`);
files.set(readme, between(await readFile(readme, 'utf8'), 'facts', facts.join('\n')));
for (const [name, svg] of await drawPictures())
  files.set(new URL(`../docs/samplers/${name}.svg`, import.meta.url), svg);
const checkOnly = process.argv.includes('--check');

for (const [file, text] of files) {
  const now = await readFile(file, 'utf8').catch(() => null);
  if (now === text) continue;
  if (checkOnly) {
    console.error(`${file.pathname} is out of date; run: npm run generate`);
    process.exitCode = 1;
  } else {
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, text);
    console.log(`wrote ${file.pathname}`);
  }
}

/** Returns the page with the tables of these registries between their markers. */
function withTables(text, registries) {
  return Object.entries(registries).reduce(
    (whole, [name, registry]) => between(whole, name, table(registry)),
    text,
  );
}

/** Returns the page with this text between the markers of this name. */
function between(page, name, text) {
  const [begin, end] = [`<!-- ${name}:begin -->\n`, `<!-- ${name}:end -->`];
  if (!page.includes(begin) || !page.includes(end))
    throw new Error(`expected ${begin.trim()} and ${end} in a page, got neither`);
  const from = page.indexOf(begin) + begin.length;
  return `${page.slice(0, from)}\n${text}\n\n${page.slice(page.indexOf(end))}`;
}

function loggersTable() {
  const rows = loggers.map(({ name, summary }) => `| \`${name}\` | ${summary} |`);
  return ['| Logger | What it writes |', '| - | - |', ...rows].join('\n');
}

function plotsTable() {
  const rows = plots.map(({ name, summary }) => `| \`${name}\` | ${summary} |`);
  return ['| Plot | What it shows |', '| - | - |', ...rows].join('\n');
}

function table(registry) {
  const rows = registry.map(({ name, summary, options }) => [
    `\`${name}\``,
    summary,
    Object.entries(options).map(option).join('; ') || '-',
  ]);
  return [['Name', 'What it does', 'Options and defaults'], ['-', '-', '-'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function option([name, { default: value, values, help }]) {
  const isNone = Math.abs(value) === Number.MAX_VALUE || value === '' || typeof value === 'object';
  const shown = isNone ? 'none' : value;
  const choices = values === undefined ? '' : `; one of ${values.join(', ')}`;
  return `\`${name}\` (${shown}${choices}): ${help.replaceAll('|', '\\|')}`;
}
