/** Errors by which a file that stdout is written to lacks a part, unlike a reader that is gone. */
const LOST = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Keeps the first error that lost a part of what was written to stdout. */
export class StdoutLoss {
  readonly #stdout: NodeJS.WritableStream;
  #error: NodeJS.ErrnoException | null = null;

  constructor(stdout: NodeJS.WritableStream) {
    this.#stdout = stdout;
  }

  /** Takes an error of stdout or of another stream. */
  note(stream: NodeJS.WritableStream, error: NodeJS.ErrnoException): void {
    if (stream === this.#stdout && LOST.includes(error.code ?? '')) this.#error ??= error;
  }

  /** Waits until everything is written. @throws the error that lost a part of the output. */
  async check(): Promise<void> {
    // An error comes after its write, with the next callback, even of a file.
    await new Promise<void>((resolve) => this.#stdout.write('', () => setImmediate(resolve)));
    if (this.#error !== null) throw this.#error;
  }
}
