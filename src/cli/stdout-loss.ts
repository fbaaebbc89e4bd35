/** Errors by which a file that stdout is written to lacks a part, unlike a reader that is gone. */
const LOST = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Listens to errors of stdout, so that none of them ends the process, and keeps those that lost output. */
export class StdoutLoss {
  readonly #stream: NodeJS.WriteStream;
  #error: NodeJS.ErrnoException | null = null;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (LOST.includes(error.code ?? '')) this.#error ??= error;
    });
  }

  /** Waits until everything is written. @throws the error that lost a part of the output. */
  async check(): Promise<void> {
    // Errors are reported after the write: with the next callback, even for a file.
    await new Promise<void>((resolve) => this.#stream.write('', () => setImmediate(resolve)));
    if (this.#error !== null) throw this.#error;
  }
}
