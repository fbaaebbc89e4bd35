import { HpoError, messageOf } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { bad } from './fields.js';
import { PROTOCOL, type Request, readRequest } from './messages.js';
import { Proposer } from './proposer.js';

/** Answers requests for proposals, one line of JSON each. The studies are those of its client; it stores nothing. */
export class ProposalServer {
  readonly #version: string;
  readonly #studies = new Map<string, Proposer>();

  constructor(version: string) {
    this.#version = version;
  }

  /** Returns the answer to one line. Whatever the line holds, it never rejects. */
  async answer(line: string): Promise<string> {
    let id: unknown = null;
    try {
      const value = parse(line);
      if (isMapping(value)) id = value.id ?? null;
      return JSON.stringify({ id, ...(await this.#carryOut(readRequest(value))) });
    } catch (error) {
      return errorLine(id, error);
    }
  }

  async #carryOut(request: Request): Promise<object> {
    if (request.type === 'open') {
      this.#studies.set(request.study, await Proposer.open(request));
      return { protocol: PROTOCOL, version: this.#version };
    }
    const proposer = this.#studies.get(request.study);
    if (!proposer) throw bad('a study that was opened before', request.study);
    switch (request.type) {
      case 'tell':
        proposer.tell(request);
        return { received: request.trials.length };
      case 'ask':
        return proposer.ask(request);
      case 'suggest':
        return { value: proposer.suggest(request) };
    }
  }
}

/** Returns the answer to a request that could not be carried out. */
export function errorLine(id: unknown, error: unknown): string {
  const known = error instanceof HpoError;
  const code = known ? error.code : 'hpo.defect';
  const fix = (known ? error.fix : undefined) ?? null;
  return JSON.stringify({ id, error: { code, message: messageOf(error), fix } });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw bad('one JSON object on each line', line);
  }
}
