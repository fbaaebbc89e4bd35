import type { ComponentChildren } from 'preact';
import { server } from '../app-state.js';
import { type ThemeChoice, themeChoice } from '../plots/theme.js';
import { clean } from '../text.js';
import { Link } from './link.js';

const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: 'light', light: 'dark', dark: 'system' };
const SIGNS: Readonly<Record<ThemeChoice, string>> = { system: '\u25d1', light: '\u2600', dark: '\u263e' };

/** The bar at the top of every page. */
export function TopBar({
  path,
  links,
}: {
  readonly path: ComponentChildren;
  readonly links?: ComponentChildren;
}) {
  const info = server.value;
  return (
    <header class="top">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <nav class="crumbs" aria-label="Where you are">
        <Link to="/" class="brand" label="All studies">
          hpo
        </Link>
        <span class="crumb-mark" aria-hidden="true">
          /
        </span>
        {path}
      </nav>
      <div class="top-right">
        {links}
        {info?.readOnly ? <span class="read-only">read-only</span> : null}
        {info ? (
          <span class="storage" title={clean(info.storage)}>
            {clean(info.storage)}
          </span>
        ) : null}
        <button
          type="button"
          class="icon-button"
          aria-label={`Theme: ${themeChoice.value}. Change to ${NEXT[themeChoice.value]}`}
          title={`Theme: ${themeChoice.value}`}
          onClick={() => {
            themeChoice.value = NEXT[themeChoice.value];
          }}
        >
          {SIGNS[themeChoice.value]}
        </button>
      </div>
    </header>
  );
}
