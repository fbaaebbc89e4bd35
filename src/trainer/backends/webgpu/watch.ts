import { HpoError } from '../../../core/errors.js';

/** Steps that may be pending on the GPU: enough to keep it busy, few enough to limit memory and to react to signals soon. */
const MOST_OUTSTANDING = 4;

/** The parts of a GPUDevice used here. */
export type Device = {
  readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: Event) => void): void;
};

/**
 * Returns a function that follows an asynchronous device. It resolves when only a few of the submitted steps are still
 * pending.
 *
 * WebGPU does not throw. A command that fails leaves its result as it was, zeros for instance, and emits an error on the
 * device. The function throws that error; otherwise a model that never learned would be evaluated.
 * @throws HpoError trainer.device-failed, from the returned function.
 */
export function watchDevice(device: Device): () => Promise<void> {
  const outstanding: Promise<void>[] = [];
  let failure: string | undefined;
  device.addEventListener('uncapturederror', (event) => {
    failure ??= 'error' in event ? messageOf(event.error) : 'an error without a message';
  });
  device.lost.then(
    ({ reason, message }) => {
      if (reason !== 'destroyed') failure ??= `the device was lost: ${message}`;
    },
    (error: unknown) => {
      failure ??= messageOf(error);
    },
  );
  return async () => {
    const done = device.queue.onSubmittedWorkDone().then(
      () => {},
      (error: unknown) => {
        failure ??= messageOf(error);
      },
    );
    outstanding.push(done);
    if (outstanding.length > MOST_OUTSTANDING) await outstanding.shift();
    if (failure === undefined) return;
    throw new HpoError('trainer.device-failed', `a webgpu command failed on the GPU: ${failure}`, {
      fix: 'lower batch_size if memory ran out, or set device=wasm',
    });
  };
}

/** Returns the first line: the rest of Dawn's messages says where in a shader or a pass it happened. */
function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message).split('\n')[0]!.trim();
}
