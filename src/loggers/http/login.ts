/** Returns the user and the password in an address; null where it has none. A password may be empty. */
export function loginOf({ username, password }: URL): { user: string; password: string } | null {
  if (username === '' && password === '') return null;
  return { user: decoded(username), password: decoded(password) };
}

/** Returns the header `authorization` of a user and a password. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** An address may have a `%` that begins no code. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
