// Collects the licenses of the packages that the bundle contains; each asks for its text to go with every copy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './files.mjs';

/** Returns the license texts of the packages that these files, relative to the root, come from. */
export function licenseTexts(files) {
  const folders = new Set(
    files.flatMap((file) => /^.*\/?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []),
  );
  const texts = [...folders].sort().map((folder) => {
    const path = join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${licenseIn(path)}\n`;
  });
  return `hpo contains code of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** Returns the license file of a package, else the section of its README. */
function licenseIn(path) {
  const files = readdirSync(path);
  const text = (file) => readFileSync(join(path, file), 'utf8').trim();
  const file = files.find((each) => /^licen[cs]e/i.test(each));
  if (file !== undefined) return text(file);
  const readme = files.find((each) => /^readme/i.test(each));
  const section =
    readme === undefined ? null : /^#+ licen[cs]e\s+([\s\S]*permission[\s\S]*)$/im.exec(text(readme));
  if (section === null) throw new Error(`expected a license in ${path}, got none`);
  return section[1];
}
