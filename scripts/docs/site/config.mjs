// The site of the documentation, built by scripts/docs/build-site.mjs in a copy of the pages.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sidebar } from './sidebar.mjs';

const source = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(source));
const { description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

export default {
  title: 'hpo',
  description,
  lang: 'en',
  srcDir: '.',
  cleanUrls: false,
  lastUpdated: false,
  ignoreDeadLinks: false,
  vite: { publicDir: false, logLevel: 'warn' },
  markdown: { config: extend, anchor: { slugify } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar,
    nav: [
      { text: 'Start', link: '/docs/start' },
      { text: 'Tutorial', link: '/docs/tutorial' },
      { text: 'Reference', link: '/docs/reference/cli' },
      { text: 'API', link: '/api/index.html', target: '_self' },
      { text: 'Comparison', link: '/docs/comparison' },
    ],
  },
};

/** The anchors of GitHub, so that a link holds in both places. */
function slugify(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function extend(md) {
  md.core.ruler.push('files-of-the-repository', rewriteLinks);
  const { code_inline: render } = md.renderer.rules;
  // Braces in code are no templates.
  md.renderer.rules.code_inline = (tokens, at, ...rest) => {
    tokens[at].attrSet('v-pre', '');
    return render(tokens, at, ...rest);
  };
}

/** Links to files that are no pages become plain text, since no public repository shows them yet. They must exist. */
function rewriteLinks({ tokens, env }) {
  for (const { children } of tokens) {
    if (!children) continue;
    for (let k = 0; k < children.length; k++) {
      const token = children[k];
      if (token.type !== 'link_open') continue;
      const href = token.attrGet('href');
      if (href === null || /^(?:[a-z]+:|#|\/)/.test(href)) continue;
      const path = posix.join(posix.dirname(env.relativePath), decodeURI(href.split('#')[0]));
      if (existsSync(join(source, path)) && path.endsWith('.md')) continue;
      if (!existsSync(join(root, path)))
        throw new Error(`${env.relativePath}: expected a file ${path}, to which a link leads, got none`);
      const end = children.findIndex((each, at) => at > k && each.type === 'link_close');
      for (const each of [token, children[end]])
        Object.assign(each, { type: 'text', tag: '', nesting: 0, content: '', attrs: null });
    }
  }
}
