// Searches the prompt and the retrieval of a question answering over notes: most right answers, at 40 cents for 1,000 questions.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { categorical, createStudy, float, int } from 'hpo';
import { startModel } from './model.mjs';

const { pages, questions } = JSON.parse(readFileSync(new URL('notes.json', import.meta.url), 'utf8')) as {
  pages: string[];
  questions: [string, string][];
};
type Params = { prompt: keyof typeof PROMPTS; chunkWords: number; topK: number; temperature: number };
type Answer = {
  choices: [{ message: { content: string } }];
  usage: { prompt_tokens: number; completion_tokens: number };
};
const PROMPTS = {
  short: 'Answer with one sentence of the text.',
  friendly: 'You are a friendly colleague. Answer in your own words.',
  steps: 'Think step by step, then answer with one sentence of the text.',
};
const SPEND_AT_MOST_CENTS = 15; // by all runs of this program together
const CENTS = { prompt: 0.0001, completion: 0.0005 }; // of a token

const own = process.env.MODEL_URL; // else a service that stands for it
const model = own === undefined ? await startModel() : { url: own, close: () => {} };
const study = await createStudy({
  name: 'rag',
  storage: 'rag.db',
  loadIfExists: true,
  direction: 'maximize',
  space: {
    prompt: categorical(['short', 'friendly', 'steps']),
    chunkWords: int(8, 60, { log: true }),
    topK: int(1, 6),
    temperature: float(0, 1),
  },
  constraints: ['cents_per_1000 <= 40'],
});
let spent = 0;
for (const { metrics } of await study.trials())
  spent += ((metrics.cents_per_1000 ?? 0) * questions.length) / 1000;

const open: Promise<unknown>[] = [];
if (spent < SPEND_AT_MOST_CENTS)
  for await (const trial of study.run({ trials: '+40', concurrency: 4, trialTimeout: '1m', retries: 2 })) {
    const measured = answerAll(trial.params, trial.signal).then(({ right, cents }) => {
      spent += cents;
      if (spent >= SPEND_AT_MOST_CENTS) study.stop(); // trials that are open still end
      trial.report({ cents_per_1000: (cents / questions.length) * 1000 }, 1);
      return trial.complete(right / questions.length);
    });
    open.push(measured.catch((error: unknown) => trial.fail(error)));
  }
await Promise.all(open);

const best = await study.best();
console.log(`${(await study.trials()).length} trials cost ${spent.toFixed(1)} cents`);
if (best) console.log(`${(best.value * 100).toFixed()} % are right with ${JSON.stringify(best.params)}`);
await study.close();
model.close();

/** Asks all questions at once. */
async function answerAll({ prompt, chunkWords, topK, temperature }: Params, signal: AbortSignal) {
  const chunks = pages.flatMap((page) => split(page, chunkWords));
  const answers = await Promise.all(
    questions.map(async ([question, right]) => {
      const text = `${nearest(chunks, question, topK).join('\n')}\nQuestion: ${question}`;
      const messages = [
        { role: 'system', content: PROMPTS[prompt] },
        { role: 'user', content: text },
      ];
      const { choices, usage } = await chat({ model: process.env.MODEL, messages, temperature }, signal);
      const cents = usage.prompt_tokens * CENTS.prompt + usage.completion_tokens * CENTS.completion;
      return { isRight: choices[0].message.content.includes(right), cents };
    }),
  );
  const cents = answers.reduce((sum, each) => sum + each.cents, 0);
  return { right: answers.filter(({ isRight }) => isRight).length, cents };
}

/** Sends a request to the service, again when it has too much to do. */
async function chat(body: unknown, signal: AbortSignal): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${process.env.MODEL_KEY}` };
  for (;;) {
    const options = { method: 'POST', headers, body: JSON.stringify(body), signal };
    const response = await fetch(`${model.url}/v1/chat/completions`, options);
    if (response.ok) return (await response.json()) as Answer;
    if (response.status !== 429) throw new Error(`${response.status} ${await response.text()}`);
    await wait(1000 * Number(response.headers.get('retry-after') ?? 1), undefined, { signal });
  }
}

/** Returns a page in pieces of so many words. */
function split(page: string, size: number): string[] {
  const all = page.split(' ');
  return Array.from({ length: Math.ceil(all.length / size) }, (_, k) =>
    all.slice(k * size, (k + 1) * size).join(' '),
  );
}

/** Returns the pieces nearest to a question, by pairs of letters; stands for a search by embeddings. */
function nearest(chunks: readonly string[], question: string, count: number): string[] {
  const asked = pairs(question);
  const nearness = (chunk: string) => {
    const all = pairs(chunk);
    return [...all].filter((pair) => asked.has(pair)).length / Math.sqrt(all.size);
  };
  const ranked = chunks.map((chunk) => ({ chunk, rank: nearness(chunk) })).sort((a, b) => b.rank - a.rank);
  return ranked.slice(0, count).map(({ chunk }) => chunk);
}

function pairs(text: string): Set<string> {
  return new Set(Array.from({ length: text.length - 1 }, (_, k) => text.slice(k, k + 2).toLowerCase()));
}
