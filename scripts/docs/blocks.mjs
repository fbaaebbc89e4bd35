// Reads the blocks of code of a page, with what says how .ci/run executes them. Comments directly above a block:
//   <!-- run: skip REASON -->             it is not run; the reason is for readers of the source
//   <!-- run: in FILE -->                 this test or script executes it; the file names the page
//   <!-- run: file PATH -->               it is saved under this name, for the blocks that follow
//   <!-- run: append PATH -->             it is added to this sweep file, and `hpo optimize --dry-run` accepts the whole
//   <!-- run: sweep -->                   it is a sweep file, and `hpo optimize --dry-run` accepts it
//   <!-- run: without LINE: REASON -->    lines that begin so are left out
//   <!-- run: first COMMANDS -->          these commands run before it
//   <!-- run: until TEXT -->              it never ends by itself, and is ended when it has printed this text
//   <!-- run: needs PART -->              it runs where this part is installed, and must with HPO_REQUIRE_REAL_PARTS=1: parts.mjs
// And once for a page, anywhere: <!-- run: project study --> starts it in a folder with a finished study, `project examples` in
// one with the examples, `project trainer` in one with the packages of the built-in trainer; without it the folder is empty.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Languages of what nobody runs: output, data, drawings, and changes of files. */
const NOT_RUN = ['text', 'json', 'mermaid', 'diff', 'csv'];
/** Languages that run without a comment. */
const RUN = ['sh', 'js', 'ts', 'python'];
/** Comments that any language may have. */
const SAYS_HOW = ['skip', 'in', 'file', 'append', 'sweep'];

/** Returns the paths below the root of every page whose blocks are run. */
export function pages() {
  const found = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...filesBelow('docs'),
    ...filesBelow('examples'),
  ];
  return found.filter((path) => !path.startsWith('docs/bench/')).sort();
}

function filesBelow(folder) {
  const names = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

/** Returns `{ project, blocks }` of a page; a block has its place, language, text and orders. Throws at a wrong comment. */
export function readPage(path, text = readFileSync(`${root}${path}`, 'utf8')) {
  const project = /<!-- run: project (\w+) -->/.exec(text)?.[1] ?? 'empty';
  const blocks = [];
  for (const match of text.matchAll(/((?:^[ ]*<!-- run: .*? -->\n+)*)^```([a-z+]+)[^\n]*\n(.*?)^```$/gms)) {
    const [, comments, language, code] = match;
    const line = text.slice(0, match.index + comments.length).split('\n').length;
    const place = `${path}:${line}`;
    const orders = [...comments.matchAll(/<!-- run: (.*?) -->/gs)]
      .map(([, order]) => parseOrder(order, place))
      .filter(({ name }) => name !== 'project');
    if (NOT_RUN.includes(language)) continue;
    if (!RUN.includes(language) && !orders.some(({ name }) => SAYS_HOW.includes(name)))
      throw new Error(
        `${place}: a block of ${language} needs a comment that says how it is run: scripts/docs/blocks.mjs`,
      );
    blocks.push({ place, page: path, language, code, orders });
  }
  return { project, blocks };
}

function parseOrder(order, place) {
  const [, name, rest = ''] = /^(\w+)(?:\s+(.*))?$/s.exec(order.trim()) ?? [];
  const wanted = {
    skip: /\w+ \w+/,
    in: /^\S+$/,
    file: /^[\w./-]+$/,
    append: /^[\w./-]+$/,
    sweep: /^$/,
    until: /\S/,
    needs: /^[\w-]+$/,
    without: /^.+?: \w+/,
    first: /\S/,
    project: /^(?:empty|study|examples|trainer)$/,
  };
  if (!wanted[name]?.test(rest))
    throw new Error(`${place}: expected a comment of scripts/docs/blocks.mjs, got run: ${order}`);
  return { name, rest };
}
