import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addSettingFlags } from '../../src/cli/setting-flags.js';
import { Diagnostics } from '../../src/config/diagnostics.js';
import { callSettings, withFlags } from '../../src/config/resolve-settings.js';
import { BASE, flag, type Setting } from '../../src/config/setting.js';
import { parseSettingText } from '../../src/config/setting-kinds.js';
import { SETTINGS } from '../../src/config/settings.js';
import { libraryOptionsText, settingsTable } from '../../src/config/settings-text.js';
import { STRUCTURED_SCHEMAS } from '../../src/config/structured-schemas.js';
import { makeSweepSchema, sweepSchema } from '../../src/config/sweep-schema.js';
import { parseYaml } from '../../src/config/yaml-file.js';
import { load, mistakes, own } from './files.js';

describe('one entry in the table is a new setting', () => {
  const added: Setting = {
    ...BASE,
    key: 'cool_down',
    kind: { type: 'duration', zero: false },
    shownDefault: 'no pause',
    help: 'Pause between two launches',
    flag: flag('cool-down', '<duration>'),
    property: 'coolDownMs',
  };
  const settings = [...SETTINGS, added];

  test('in the schema of sweep files', () => {
    const schema = makeSweepSchema(settings, STRUCTURED_SCHEMAS);
    const file = { parameters: { x: [1] }, objective: { metric: 'loss', direction: 'minimize' } };
    expect(schema.safeParse({ ...file, cool_down: '5s' }).success).toBe(true);
    expect(schema.safeParse({ ...file, cool_down: 'soon' }).success).toBe(false);
    expect(z.toJSONSchema(schema, { io: 'input' }).properties?.cool_down).toMatchObject({
      description: 'Pause between two launches; default: no pause',
    });
  });

  test('among the flags, which override the file', async () => {
    const command = addSettingFlags(new Command('optimize').exitOverride(), settings).action(() => {});
    command.parse(['--cool-down', '5s'], { from: 'user' });
    expect(command.helpInformation().replaceAll(/\s+/g, ' ')).toContain(
      'pause between two launches (default: no pause)',
    );
    const { run } = await load(own('parameters: { x: [1] }\n'));
    expect(withFlags(run, command.opts(), settings)).toMatchObject({ coolDownMs: 5000 });
  });

  test('among the values that a call gets, with what is wrong shown at its place', () => {
    const yaml = parseYaml('cool_down: 5s\n', 'sweep.yaml');
    const problems = new Diagnostics(yaml);
    const at = (key: string) => (yaml.value as Record<string, unknown>)[key];
    expect(callSettings(at, problems, settings)).toMatchObject({ coolDownMs: 5000 });
    const wrong = new Diagnostics(parseYaml('cool_down: soon\n', 'sweep.yaml'));
    callSettings(() => 'soon', wrong, [added]);
    expect(wrong.errors.map((error) => error.format())).toEqual([
      expect.stringContaining('sweep.yaml:1:12 error[config.bad-value]: expected a duration'),
    ]);
  });

  test('among the options of the library', () => {
    const inLibrary = { ...added, library: { name: 'coolDown', shownDefault: 'no pause' } };
    expect(libraryOptionsText([inLibrary])).toContain('  readonly coolDown?: Duration;');
  });

  test('in the table of the documents', () => {
    expect(settingsTable(settings)).toContain(
      '| `cool_down` | `--cool-down` | no pause | Pause between two launches |',
    );
  });
});

describe('the table', () => {
  test.each(SETTINGS.map((setting) => [setting.key, setting as Setting] as const))(
    '%s is whole: help without a full stop, a schema, a default that its schema accepts',
    (key, { kind, help, default: byDefault }) => {
      expect(help).toMatch(/^[A-Z].*[^.]$/);
      const shape = key.split('.').reduce<z.ZodType>((schema, part) => {
        const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
        return (inner as z.ZodObject).shape[part] as z.ZodType;
      }, sweepSchema);
      expect(shape).toBeDefined();
      if (byDefault !== null)
        expect(shape.safeParse(byDefault).error?.message, `${key}: its kind accepts its default`).toBe(
          undefined,
        );
      if (kind.type !== 'structured') expect(parseSettingText(kind, 'x\u0000?')).toBeDefined();
    },
  );

  test('has each key, flag and property once, old names included', () => {
    const all: readonly Setting[] = SETTINGS;
    const keys = all.flatMap(({ key, aliases }) => [key, ...aliases]);
    const flags = all.flatMap(({ flag: own }) => (own ? [own.name, ...own.aliases] : []));
    const properties = all.flatMap(({ property }) => property ?? []);
    for (const names of [keys, flags, properties]) expect(new Set(names).size).toBe(names.length);
  });
});

describe('old names of keys', () => {
  test('work, with a notice that names the new one', async () => {
    const { spec, run, notices } = await load(own('parameters: { x: [1] }\nstart: [{ x: 1 }]\nepochs: 9\n'));
    expect(spec.initialPoints).toEqual([{ x: 1 }]);
    expect(run.epochs).toBe(9);
    expect(notices).toEqual([
      expect.stringMatching(/sweep\.yaml: the key start is now called initial_points$/),
      expect.stringMatching(/sweep\.yaml: the key epochs is now called max_epochs$/),
    ]);
  });

  test('keep the place of a mistake', async () => {
    expect(await mistakes(own('parameters: { x: [1] }\nepochs: many\n'))).toContain('sweep.yaml:4:9 error[');
  });

  test('are a mistake beside the new one', async () => {
    expect(await mistakes(own('parameters: { x: [1] }\nepochs: 9\nmax_epochs: 9\n'))).toContain(
      'error[config.duplicate-key]: expected max_epochs once, got its old name epochs as well',
    );
  });
});
