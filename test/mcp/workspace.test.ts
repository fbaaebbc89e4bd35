import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { Workspace } from '../../src/mcp/workspace.js';

let outer: string;
let root: string;
let workspace: Workspace;

beforeEach(() => {
  outer = realpathSync(mkdtempSync(join(tmpdir(), 'hpo-workspace-')));
  onTestFinished(() => rmSync(outer, { recursive: true, force: true }));
  root = join(outer, 'space');
  mkdirSync(join(root, 'cfg'), { recursive: true });
  mkdirSync(join(outer, 'space-2'));
  for (const file of ['space/cfg/a.yaml', 'space/..b.yaml', 'space-2/c.yaml', 'd.yaml'])
    writeFileSync(join(outer, file), 'study: a');
  workspace = new Workspace(root);
});

const refusal = (code: string) => expect.objectContaining({ code, usage: true });

test('a sweep file inside is found by its path from the folder, its whole path, or a link that stays inside', () => {
  symlinkSync(join(root, 'cfg'), join(root, 'link'));
  const real = join(root, 'cfg', 'a.yaml');
  for (const path of ['cfg/a.yaml', './cfg/../cfg/a.yaml', 'link/a.yaml', real, '../space/cfg/a.yaml'])
    expect(workspace.sweepFile(path)).toBe(real);
  expect(workspace.sweepFile('..b.yaml')).toBe(join(root, '..b.yaml'));
});

test('one outside is refused: by dots, as a whole path, by a link, in a folder whose name begins alike', () => {
  symlinkSync(join(outer, 'd.yaml'), join(root, 'file.yaml'));
  symlinkSync(outer, join(root, 'up'));
  symlinkSync(join(root, 'up'), join(root, 'again'));
  const outside = [
    '../d.yaml',
    join(outer, 'd.yaml'),
    'file.yaml',
    'up/d.yaml',
    'again/d.yaml',
    '../space-2/c.yaml',
  ];
  for (const path of [...outside, '/etc/passwd', '..', '/', '../none.yaml', '/none/none.yaml'])
    expect(() => workspace.sweepFile(path)).toThrow(refusal('mcp.outside'));
});

test('what is no file is refused, and so is a link that leads nowhere', () => {
  symlinkSync(join(outer, 'none'), join(root, 'broken.yaml'));
  for (const path of ['none.yaml', 'cfg', 'broken.yaml', 'cfg/a.yaml/b', 'a\0b'])
    expect(() => workspace.sweepFile(path)).toThrow(refusal('mcp.no-file'));
  expect(() => workspace.sweepFile('.')).toThrow(refusal('mcp.outside'));
});

test('a workspace that is itself behind a link is the folder that the link leads to', () => {
  symlinkSync(root, join(outer, 'door'));
  const behind = new Workspace(join(outer, 'door'));
  expect(behind.root).toBe(root);
  expect(behind.sweepFile(join(outer, 'door', 'cfg', 'a.yaml'))).toBe(join(root, 'cfg', 'a.yaml'));
});

test('a database may not exist yet, but the folders of its path that do must lead inside', () => {
  workspace.assertInside('storage/hpo.db', 'the database');
  symlinkSync(outer, join(root, 'storage'));
  expect(() => workspace.assertInside('storage/hpo.db', 'the database')).toThrow(refusal('mcp.outside'));
});

test('a database that a link to nothing names is refused: to make it would make it outside', () => {
  mkdirSync(join(root, 'storage'));
  symlinkSync(join(outer, 'new.db'), join(root, 'storage', 'hpo.db'));
  symlinkSync(join(outer, 'none'), join(root, 'away'));
  for (const path of ['storage/hpo.db', 'away/hpo.db'])
    expect(() => workspace.assertInside(path, 'the database')).toThrow(refusal('mcp.outside'));
});
