import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILLED = {
  repository: { type: 'git', url: 'git+https://example.org/hpo.git' },
  homepage: 'https://example.org/',
  bugs: { url: 'https://example.org/issues' },
};

type Files = { readonly manifest?: object; readonly changelog?: string };

/** Creates a repository with one commit. */
function makeRepository({ manifest = FILLED, changelog = '- **New**: a thing.\n' }: Files = {}): string {
  const cwd = mkdtempSync(join(tmpdir(), 'hpo-release-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const own = { name: 'hpo', version: '0.1.9', ...manifest };
  writeFileSync(join(cwd, 'package.json'), JSON.stringify(own));
  const lock = { ...own, packages: { '': own, 'node_modules/a': { version: '0.1.9' } } };
  writeFileSync(join(cwd, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(
    join(cwd, 'CHANGELOG.md'),
    `# Changelog\n\n## Unreleased\n\n${changelog}\n## 0.1.9\n\n- Old.\n`,
  );
  git(cwd, 'init', '--quiet');
  git(cwd, 'config', 'user.name', 'A');
  git(cwd, 'config', 'user.email', 'a@example.org');
  git(cwd, 'add', '.');
  git(cwd, 'commit', '--quiet', '--message', 'First');
  return cwd;
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
}

function release(cwd: string, ...args: readonly string[]) {
  const script = join(ROOT, 'scripts', 'release.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

// Docs: docs/releasing.md.
describe('npm run release', () => {
  test('writes the version and the changelog, commits and tags', () => {
    const cwd = makeRepository();
    expect(release(cwd, 'minor')).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')).version).toBe('0.2.0');
    const { version, packages } = JSON.parse(readFileSync(join(cwd, 'package-lock.json'), 'utf8'));
    expect([version, packages[''].version, packages['node_modules/a'].version]).toEqual([
      '0.2.0',
      '0.2.0',
      '0.1.9',
    ]);
    expect(readFileSync(join(cwd, 'CHANGELOG.md'), 'utf8')).toMatch(
      /^# Changelog\n\n## Unreleased\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n- \*\*New\*\*/,
    );
    expect(git(cwd, 'log', '--format=%s')).toBe('Release 0.2.0\nFirst');
    expect(git(cwd, 'describe')).toBe('v0.2.0');
    expect(git(cwd, 'status', '--porcelain')).toBe('');
    expect(release(cwd, '--check-tag', 'v0.2.0').status).toBe(0);
    expect(release(cwd, '--check-tag', 'v0.1.9')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('error[release.tag]: expected the tag v0.2.0, got v0.1.9'),
    });
  });

  test.each([
    ['a changed file', (cwd: string) => writeFileSync(join(cwd, 'CHANGELOG.md'), 'x')],
    ['a new file', (cwd: string) => writeFileSync(join(cwd, 'notes.txt'), 'x')],
    [
      'a staged file',
      (cwd: string) => {
        writeFileSync(join(cwd, 'package.json'), '{}');
        git(cwd, 'add', '.');
      },
    ],
  ])('refuses a tree with %s', (_, change) => {
    const cwd = makeRepository();
    change(cwd);
    expect(release(cwd, 'patch')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error\[release\.dirty-tree\]: .*\n.+\n {2}fix: /),
    });
    expect(git(cwd, 'tag')).toBe('');
  });

  test('refuses placeholders, a changelog without changes, a tag that exists, and an unknown step', () => {
    const refused = (cwd: string, code: string, ...args: readonly string[]) => {
      expect(release(cwd, ...args)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`error[release.${code}]`),
      });
      expect(git(cwd, 'log', '--format=%s')).toBe('First');
    };
    const { bugs: _, ...unfilled } = FILLED;
    refused(makeRepository({ manifest: unfilled }), 'placeholder', 'patch');
    refused(makeRepository({ changelog: '' }), 'no-changes', 'patch');
    const tagged = makeRepository();
    git(tagged, 'tag', 'v0.1.10');
    refused(tagged, 'tag', 'patch');
    refused(makeRepository(), 'step', '0.2.0');
  });

  test('would refuse this package until its addresses are real', () => {
    const {
      name: _,
      version: __,
      ...manifest
    } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const { stderr } = release(makeRepository({ manifest }), 'patch');
    expect(stderr).toContain('placeholders in repository, homepage, bugs');
  });
});

test('the workflow publishes with provenance, after every check, and holds no token', () => {
  const text = readFileSync(join(ROOT, '.github', 'workflows', 'release.yml'), 'utf8');
  const { permissions, jobs } = parse(text);
  expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  const commands = jobs.publish.steps.map(({ run }: { run?: string }) => run).filter(Boolean);
  expect(commands).toEqual([
    'node scripts/release.mjs --check-tag "$GITHUB_REF_NAME"',
    'bash .ci/run',
    expect.stringMatching(/ publish --provenance --access public$/),
  ]);
  expect(text).not.toMatch(/secrets\.|_TOKEN/);
});
