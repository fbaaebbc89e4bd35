import { SETTINGS, type Setting } from './settings.js';

/** Returns the help of a setting as plain text, with its default, for editors. */
export function plainText({ help, shownDefault }: Setting): string {
  return `${help}; default: ${shownDefault}`.replaceAll('`', '');
}

/** Returns the help of a setting's flag, without what only a sweep file can say. */
export function flagText({ help, shownDefault }: Setting): string {
  const [text = ''] = help.split(/: a name,|; in a sweep file/);
  return `${text.charAt(0).toLowerCase()}${text.slice(1)} (default: ${shownDefault})`.replaceAll('`', '');
}

/** Returns the table of docs/configuration.md: a row for each key of a sweep file. */
export function settingsTable(settings: readonly Setting[] = SETTINGS): string {
  const rows = settings.map((setting) => [
    `\`${setting.key}\``,
    setting.flag === null ? '' : `\`--${setting.flag.name}\``,
    setting.shownDefault,
    `${setting.help}${link(setting.see)}${formerly(setting)}`.replaceAll('|', '\\|'),
  ]);
  return [['Key', 'Flag', 'Default', 'Meaning'], ['-', '-', '-', '-'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function link(see: string | null): string {
  if (see === null) return '';
  // The table itself is in configuration.md.
  return ` ([more](${see.replace(/^configuration\.md#/, '#')}))`;
}

function formerly({ aliases, flag }: Setting): string {
  const old = [...aliases, ...(flag?.aliases ?? []).map((name) => `--${name}`)].map((name) => `\`${name}\``);
  return old.length === 0 ? '' : `. Old name${old.length === 1 ? '' : 's'}: ${old.join(', ')}`;
}

/** Returns the text of src/library/setting-options.ts: the options of `study.optimize` that the table has. */
export function libraryOptionsText(settings: readonly Setting[] = SETTINGS): string {
  const members = settings.flatMap(({ library, kind, help }) => {
    if (library === null) return [];
    const [type, form] = LIBRARY_TYPES[kind.type] ?? ['never', ''];
    const [text = ''] = help.split(/; in a sweep file|; `--trials/);
    return [
      `  /** ${text}${form}. Default: ${library.shownDefault}. */\n  readonly ${library.name}?: ${type};`,
    ];
  });
  const names = settings.flatMap(({ library }) => library?.name ?? []);
  return `// Written by \`npm run generate\` from the table of settings: change src/config/settings.ts instead.
import type { Duration } from './duration.js';
import type { Retries } from './retries.js';

/** Settings of a call, as sweep files have them under other names. */
export type SettingOptions = {
${members.join('\n')}
};

export const SETTING_OPTIONS: readonly string[] = [
${names.map((name) => `  '${name}',`).join('\n')}
];
`;
}

/** The type of an option by its kind, and its text forms. */
const LIBRARY_TYPES: Readonly<Record<string, readonly [type: string, form: string]>> = {
  count: ['number', ''],
  number: ['number', ''],
  duration: ['Duration', ': milliseconds, or text such as `30s`, `45m`, `2h`'],
  budget: ['number | `+${number}`', "; `'+20'`: 20 more"],
  retries: ['number | Retries', '; with waits `{ times, delay, factor, maxDelay }`'],
};
