import { print, printError, printJson } from '../output.js';

/** What `hpo init` did: lines for people as it goes, or one document at the end and the lines on stderr. */
export class Report {
  readonly written: string[] = [];
  readonly parameters: string[] = [];
  readonly metrics: { readonly name: string; readonly direction: string }[] = [];
  readonly todo: string[] = [];
  readonly say: (text: string) => void;
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
    this.say = json ? printError : print;
  }

  /** Prints the document. */
  end(): void {
    const { written, parameters, metrics, todo } = this;
    if (this.#json) printJson('init', { written, parameters, metrics, todo });
  }
}
