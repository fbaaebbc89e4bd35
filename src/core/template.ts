const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** Returns the names between `${` and `}` in a text, in their order. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/**
 * Returns the text with each `${name}` replaced by the result of `lookUp`; null leaves it unchanged. Replacements are not scanned
 * for placeholders again, and nothing is evaluated.
 */
export function fillTemplate(template: string, lookUp: (name: string) => string | null): string {
  return template.replaceAll(PLACEHOLDER, (text, name: string) => lookUp(name) ?? text);
}
