import { answerTo } from './answer-lines.js';
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
  answer(line: string): Promise<string> {
    return answerTo(line, (request) => this.#carryOut(readRequest(request)));
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
