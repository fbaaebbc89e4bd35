import { describe, expect, it } from 'vitest';
import { loadSweep } from '../../src/config/load.js';
import { mistakes } from './files.js';

describe('files that are no sweep', () => {
  const files: Readonly<Record<string, string | Uint8Array>> = {
    empty: '',
    'a list': '- a\n- b',
    'plain text': 'hello',
    'without parameters': 'study: a',
    'no parameter': 'parameters: {}',
    'bad syntax': 'parameters: [1, 2\nstudy: a',
    'a tab': 'parameters:\n\tx: [1]',
    'a key twice': 'study: a\nparameters: { x: [1] }\nstudy: b',
    'an unknown tag': 'study: !name a\nparameters: { x: [1] }',
    'an unknown alias': 'parameters: *a',
    'a circle': 'parameters: &a { x: *a }',
    'a key that JavaScript loses': 'parameters: { __proto__: [1] }',
    'two documents': '--- a\n--- b',
    'binary data': new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1]),
    'text that is not UTF-8': new Uint8Array([0x61, 0x3a, 0x20, 0xff, 0xfe]),
  };

  it('say what they are', async () => {
    const seen: string[] = [];
    for (const [what, text] of Object.entries(files)) seen.push(`${what}: ${await mistakes(text)}`);
    expect(seen.join('\n')).toMatchInlineSnapshot(`
      "empty: sweep.yaml:1:1 error[config.wrong-type]: expected a mapping with the key parameters, got an empty file
        fix: \`hpo init\` writes an example
      a list: sweep.yaml:1:1 error[config.wrong-type]: expected a mapping with the key parameters, got a list of 2
        fix: \`hpo init\` writes an example
      plain text: sweep.yaml:1:1 error[config.wrong-type]: expected a mapping with the key parameters, got the text "hello"
        fix: \`hpo init\` writes an example
      without parameters: sweep.yaml:1:1 error[config.missing-key]: expected the key parameters (a mapping), got none
      no parameter: sweep.yaml:1:13 error[config.bad-value]: expected at least one parameter, got an empty mapping
      bad syntax: sweep.yaml:2:1 error[config.syntax]: Flow sequence in block collection must be sufficiently indented and end with a ]
      a tab: sweep.yaml:2:1 error[config.syntax]: Tabs are not allowed as indentation
      a key twice: sweep.yaml:3:1 error[config.duplicate-key]: study is given twice in one mapping
        fix: remove one of them
      an unknown tag: sweep.yaml:1:8 error[config.syntax]: Unresolved tag: !name
      an unknown alias: sweep.yaml:1:13 error[config.syntax]: there is no anchor &a before this alias
      a circle: sweep.yaml:1:21 error[config.syntax]: an anchor contains an alias of itself
      a key that JavaScript loses: sweep.yaml:1:15 error[config.syntax]: expected a key, got __proto__
      two documents: sweep.yaml:2:1 error[config.syntax]: expected one document, got a second one after \`---\`
      binary data: sweep.yaml:1:5 error[config.not-text]: expected YAML text in UTF-8, got binary data
        fix: check the path, and save the file as UTF-8 text
      text that is not UTF-8: sweep.yaml:1:4 error[config.not-text]: expected YAML text in UTF-8, got binary data
        fix: check the path, and save the file as UTF-8 text"
    `);
  });

  it('are named when they are missing, or a folder', async () => {
    await expect(loadSweep({ sweepFile: 'nowhere/sweep.yaml' })).rejects.toMatchObject({
      code: 'config.not-found',
      usage: true,
      message: 'there is no sweep file nowhere/sweep.yaml',
      fix: 'run `hpo init` to create one, or name yours with --sweep FILE',
    });
    await expect(loadSweep({ sweepFile: 'test' })).rejects.toMatchObject({
      code: 'config.unreadable',
      usage: true,
    });
  });

  it('survives a bomb of aliases', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `k${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    expect(await mistakes(`k0: &a0 [1]\n${levels.join('\n')}`)).toContain('error[config.syntax]');
  });
});
