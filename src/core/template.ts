/** `${name}`, and `$${name}`, which stands for the text `${name}` itself. */
const PLACEHOLDER = /(\$?)\$\{([^}]*)\}/g;

/** Returns the environment variable that a placeholder `envvar:NAME` names; null for another placeholder. */
export function variableOf(placeholder: string): string | null {
  return /^envvar:([A-Za-z_]\w*)$/.exec(placeholder)?.[1] ?? null;
}

/** Returns the names between `${` and `}` in a text, in their order; none of `$${name}`. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].flatMap(([, dollar = '', name = '']) =>
    dollar === '' ? [name] : [],
  );
}

/**
 * Returns the text with each `${name}` replaced by the result of `lookUp`; null leaves it unchanged. `$${name}` becomes `${name}`.
 * Replacements are not scanned for placeholders again, and nothing is evaluated.
 */
export function fillTemplate(template: string, lookUp: (name: string) => string | null): string {
  return template.replaceAll(PLACEHOLDER, (text, dollar: string, name: string) =>
    dollar === '' ? (lookUp(name) ?? text) : text.slice(1),
  );
}
