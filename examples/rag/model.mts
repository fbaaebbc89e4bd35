// Stands for a service of language models: its port, its API, its prices, and its moods. It answers with the sentence of the prompt that
// has most words of the question, and errs more often when it is warm, reads much, or was asked to chat.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Chat = { readonly messages: readonly { readonly content: string }[]; readonly temperature: number };

/** Starts the service on a free port, and returns its address and what ends it. */
export async function startModel(): Promise<{ url: string; close: () => void }> {
  let open = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (open >= 60) return response.writeHead(429, { 'retry-after': '0.05' }).end();
    open += 1;
    const { content, tokens } = answer(JSON.parse(body) as Chat);
    setTimeout(
      () => {
        open -= 1;
        const usage = { prompt_tokens: words(body).length, completion_tokens: tokens };
        response.end(JSON.stringify({ choices: [{ message: { content } }], usage }));
      },
      5 + tokens / 5,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

function answer({ messages, temperature }: Chat): { content: string; tokens: number } {
  const [system = '', text = ''] = messages.map(({ content }) => content);
  const thinks = system.includes('step by step');
  const chats = system.includes('friendly');
  const [context = '', question = ''] = text.split('\nQuestion: ');
  const asked = new Set(keys(question));
  const reads = words(context).length;
  const doubt = (0.1 + Math.abs(temperature - 0.25) + reads / 200 + (chats ? 0.6 : 0)) * (thinks ? 0.5 : 1);
  const random = randomOf(question + system + context.length);
  const rated = context.split(/(?<=[.?])\s+|\n/).map((sentence) => ({
    sentence,
    rank: keys(sentence).filter((key) => asked.has(key)).length + doubt * random(),
  }));
  const best = rated.sort((a, b) => b.rank - a.rank)[0]?.sentence ?? 'I do not know.';
  return { content: best, tokens: words(best).length + (thinks ? 45 : chats ? 40 : 0) };
}

/** Returns the words of a text in small letters. */
function words(text: string): string[] {
  return text.toLowerCase().match(/\w+/g) ?? [];
}

/** Returns the beginnings of the longer words of a text, by which a question finds its answer. */
function keys(text: string): string[] {
  return words(text)
    .filter((word) => word.length > 3)
    .map((word) => word.slice(0, 5));
}

/** Returns a generator of numbers around 0, the same for the same text. */
function randomOf(text: string): () => number {
  let state = [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 6;
  };
}
