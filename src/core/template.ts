const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** The names between `${` and `}` in a text, in their order. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/**
 * The text with each `${name}` replaced by what `lookUp` says of it; null leaves it as it stands. What comes in is
 * never read for placeholders again, and nothing is evaluated.
 */
export function fillTemplate(template: string, lookUp: (name: string) => string | null): string {
  return template.replaceAll(PLACEHOLDER, (text, name: string) => lookUp(name) ?? text);
}
