import type { AttemptRef, Checkpoints, Executor, RunHooks } from './executor.js';

/**
 * Returns an executor that does what `changes` say and otherwise what the wrapped one does. It names every member: the
 * compiler rejects it when the contract grows, and it works for a class or a proxy as for a plain object.
 */
export function wrapExecutor(executor: Executor, changes: Partial<Executor>): Executor {
  return {
    kind: executor.kind,
    allocate: (attempt) => executor.allocate(attempt),
    run: (attempt, hooks) => executor.run(attempt, hooks),
    reattach: (attempt, hooks) => executor.reattach(attempt, hooks),
    isAlive: (attempt) => executor.isAlive(attempt),
    cancel: (attempt, reason) => executor.cancel(attempt, reason),
    logs: (attempt, fromByte) => executor.logs(attempt, fromByte),
    cleanup: (attempt) => executor.cleanup(attempt),
    checkpoints: executor.checkpoints,
    ...changes,
  };
}

/** Returns checkpoints that see an attempt as `toInner` shows it: an executor within another one has handles of its own. */
export function wrapCheckpoints(
  checkpoints: Checkpoints | null,
  toInner: <A extends AttemptRef>(attempt: A) => A,
): Checkpoints | null {
  if (checkpoints === null) return null;
  return {
    kept: checkpoints.kept,
    trials: () => checkpoints.trials(),
    exist: (attempt) => checkpoints.exist(toInner(attempt)),
    look: (attempt) => checkpoints.look(toInner(attempt)),
    hold: (attempt, options) => checkpoints.hold(toInner(attempt), options),
    copy: (attempt, name) => checkpoints.copy(toInner(attempt), name),
    discard: (attempt) => checkpoints.discard(toInner(attempt)),
  };
}

/** Returns hooks that do what `changes` say and otherwise what the wrapped ones do. */
export function wrapHooks(hooks: RunHooks, changes: Partial<RunHooks>): RunHooks {
  return {
    report: (points) => hooks.report(points),
    drain: () => hooks.drain(),
    suggest: (name, distribution) => hooks.suggest(name, distribution),
    settled: () => hooks.settled(),
    warn: (message) => hooks.warn(message),
    saved: (step) => hooks.saved(step),
    placed: (place) => hooks.placed(place),
    gpuSample: (sample) => hooks.gpuSample(sample),
    signal: hooks.signal,
    ...changes,
  };
}
