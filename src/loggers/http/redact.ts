/** Pieces of a secret of this length are removed too: a server may echo a part of it. */
const PIECE = 12;

/** A text that must not be shown. */
export type Secret = {
  readonly text: string;
  /** The text as HTTP sends it, such as `user:password`. */
  readonly sent: string;
  /** What is shown instead. */
  readonly shownAs: string;
};

/**
 * Returns a function that removes a secret from a text, in every form in which a server may echo it: plain, URL-encoded,
 * hexadecimal, base64 (alone, or as HTTP sends it), in upper or lower case, whole or a long piece.
 */
export function makeRedact(secret: Secret): (text: string) => string {
  const forms = formsOf(secret).filter(Boolean).map(lower);
  const longest = Math.min(PIECE, ...forms.map(({ length }) => length));
  const pieces = new Set(forms.flatMap((form) => piecesOf(form, longest)));
  return (text) => {
    const plain = lower(text);
    let clean = '';
    let from = 0;
    for (let at = 0; at + longest <= plain.length; at++) {
      if (!pieces.has(plain.slice(at, at + longest))) continue;
      let end = at + longest;
      while (end < plain.length && pieces.has(plain.slice(end - longest + 1, end + 1))) end++;
      clean += text.slice(from, at) + secret.shownAs;
      from = end;
      at = end - 1;
    }
    return clean + text.slice(from);
  };
}

function formsOf({ text, sent }: Secret): string[] {
  const pair = Buffer.from(sent);
  const bytes = Buffer.from(text);
  const base64 = [pair, bytes].flatMap((each) => [each.toString('base64'), each.toString('base64url')]);
  const plain = [text, JSON.stringify(text).slice(1, -1), bytes.toString('hex')];
  const all = [...plain, ...base64].flatMap((form) => [form, encodeURIComponent(form)]);
  // Some encoders omit the padding.
  return [...new Set(all.map((form) => form.replace(/(?:=|%3D)+$/, '')))];
}

function piecesOf(form: string, length: number): string[] {
  return Array.from({ length: form.length - length + 1 }, (_, at) => form.slice(at, at + length));
}

/** Lowers ASCII letters alone, so that no text changes its length. */
function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
