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
