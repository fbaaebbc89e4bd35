export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Returns what a command line of hpo printed in this process, and its exit code. */
export async function captured(run: () => Promise<number>): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const streams = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const { write } = stream;
    const listeners = stream.listeners('error');
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') callback(null);
      return true;
    };
    return () => {
      stream.write = write;
      for (const listener of stream.listeners('error'))
        if (!listeners.includes(listener)) stream.off('error', listener as () => void);
    };
  });
  try {
    return { code: await run(), ...said };
  } finally {
    for (const restore of streams) restore();
  }
}
