// Makes a release of the package in the current folder: `npm run release -- patch|minor|major`. It refuses a tree with
// changes, fields of package.json that are placeholders, and a changelog without changes. It writes the version and the
// changelog, commits and tags; it pushes and publishes nothing. --check-tag TAG: whether a tag is that of this version.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

class Refusal extends Error {
  constructor(code, message, fix) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

const STEPS = ['major', 'minor', 'patch'];
const HEADING = '## Unreleased\n';
const PLACEHOLDER = /\.invalid\b/;

try {
  const [first, tag] = process.argv.slice(2);
  if (first === '--check-tag') checkTag(tag);
  else release(first);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`error[release.${error.code}]: ${error.message}\n  fix: ${error.fix}`);
  process.exitCode = 2;
}

function release(step) {
  if (!STEPS.includes(step))
    throw new Refusal(
      'step',
      `expected ${STEPS.join(', ')}, got ${step ?? 'nothing'}`,
      'npm run release -- patch',
    );
  const changed = git('status', '--porcelain');
  if (changed !== '')
    throw new Refusal(
      'dirty-tree',
      `expected a tree without changes, got\n${changed}`,
      'commit, stash or remove them',
    );
  const manifest = readManifest();
  const unfilled = placeholdersIn(manifest);
  if (unfilled.length > 0)
    throw new Refusal(
      'placeholder',
      `expected real addresses in package.json, got placeholders in ${unfilled.join(', ')}`,
      'fill them in, see docs/releasing.md',
    );
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  const news = changelog.split(HEADING)[1]?.split(/^## /m)[0]?.trim() ?? '';
  if (news === '')
    throw new Refusal(
      'no-changes',
      'expected changes under "## Unreleased" in CHANGELOG.md, got none',
      'write what changed for users',
    );
  const version = next(manifest.version, step);
  if (git('tag', '--list', `v${version}`) !== '')
    throw new Refusal('tag', `expected no tag v${version}, which is there already`, 'choose another step');
  for (const file of ['package.json', 'package-lock.json']) writeVersion(file, manifest.version, version);
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync('CHANGELOG.md', changelog.replace(HEADING, `${HEADING}\n## ${version} (${date})\n`));
  git('commit', '--quiet', '--all', '--message', `Release ${version}`);
  git('tag', '--annotate', `v${version}`, '--message', `Release ${version}`);
  console.log(
    `committed and tagged v${version}\nnext: git push --follow-tags, and the workflow publishes it`,
  );
}

/** A tag of another version must not publish this one. */
function checkTag(tag) {
  const { version } = readManifest();
  if (tag !== `v${version}`)
    throw new Refusal(
      'tag',
      `expected the tag v${version}, got ${tag ?? 'nothing'}`,
      'tag with npm run release',
    );
  console.log(`${tag} is the version in package.json`);
}

/** The fields that still hold an address that cannot exist (RFC 2606 reserves .invalid). */
function placeholdersIn({ repository, homepage, bugs }) {
  const fields = { repository: repository?.url, homepage, bugs: bugs?.url };
  return Object.keys(fields).filter((name) => PLACEHOLDER.test(fields[name] ?? '.invalid'));
}

/** Semantic versioning. */
function next(version, step) {
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)?.slice(1).map(Number);
  if (!parts)
    throw new Refusal('version', `expected a version X.Y.Z, got ${version}`, 'correct it in package.json');
  const at = STEPS.indexOf(step);
  return parts.map((part, k) => (k < at ? part : k === at ? part + 1 : 0)).join('.');
}

/** Replaces the package's own version, and no other line. */
function writeVersion(file, from, to) {
  const text = readFileSync(file, 'utf8');
  const data = JSON.parse(text);
  data.version = to;
  if (data.packages?.['']?.version === from) data.packages[''].version = to;
  writeFileSync(file, `${JSON.stringify(data, null, 2)}\n`);
}

function readManifest() {
  return JSON.parse(readFileSync('package.json', 'utf8'));
}

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}
