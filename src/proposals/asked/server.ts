import type { Params } from '../../core/distribution.js';
import type { Direction } from '../../core/trial.js';
import { answerTo } from '../answer-lines.js';
import { bad } from '../fields.js';
import {
  ASKED_PROTOCOL,
  type AskedRequest,
  type OpenRequest,
  type ReportRequest,
  readAskedRequest,
  type TellRequest,
} from './requests.js';

/** A study that is opened for another program, which runs its trials. */
export type AskedStudy = {
  readonly name: string;
  readonly objectives: readonly { readonly metric: string; readonly direction: Direction }[];
  /** @throws HpoError study.exhausted (usage) when nothing is left. */
  ask(
    held: readonly number[],
  ): Promise<{ readonly trial: number; readonly params: Params; readonly seed: number }>;
  report(request: ReportRequest): Promise<void>;
  /** Whether the pruner or the scheduler stops a trial. */
  judge(trial: number): Promise<{ readonly prune: boolean; readonly reason: string }>;
  /** Returns the state that is stored. */
  tell(request: TellRequest): Promise<string>;
  /** The best configuration, or the Pareto front. */
  best(): Promise<readonly object[]>;
  close(): Promise<void>;
};

type Serving = {
  readonly version: string;
  readonly open: (request: OpenRequest) => Promise<AskedStudy>;
  /** Returns what people should know since the last call. */
  readonly takeWarnings: () => readonly string[];
};

/** Answers a program that runs the trials of one study, one line of JSON each. Everything is stored before it is answered. */
export class AskingServer {
  readonly #serving: Serving;
  #study: AskedStudy | null = null;

  constructor(serving: Serving) {
    this.#serving = serving;
  }

  /** Returns the answer to one line. Whatever the line holds, it never rejects. */
  answer(line: string): Promise<string> {
    return answerTo(line, async (value) => {
      const answer = await this.#carryOut(readAskedRequest(value));
      const warnings = this.#serving.takeWarnings();
      return warnings.length === 0 ? answer : { ...answer, warnings };
    });
  }

  async close(): Promise<void> {
    await this.#study?.close();
    this.#study = null;
  }

  async #carryOut(request: AskedRequest): Promise<object> {
    if (request.type === 'open') return this.#open(request);
    const study = this.#study;
    if (study === null) throw bad('a study that was opened before', request.type);
    switch (request.type) {
      case 'ask':
        return study.ask(request.held);
      case 'report':
        await study.report(request);
        return { stored: true };
      case 'judge':
        return study.judge(request.trial);
      case 'tell':
        return { state: await study.tell(request) };
      case 'best':
        return { best: await study.best() };
    }
  }

  async #open(request: OpenRequest): Promise<object> {
    await this.close();
    const study = await this.#serving.open(request);
    this.#study = study;
    return {
      protocol: ASKED_PROTOCOL,
      version: this.#serving.version,
      study: study.name,
      objectives: study.objectives.map(({ metric, direction }) => ({ metric, direction })),
    };
  }
}
