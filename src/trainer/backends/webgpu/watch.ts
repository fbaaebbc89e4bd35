import { HpoError } from '../../../core/errors.js';

/** Steps that may wait for the GPU: enough to keep it busy, few enough to bound memory and to hear a signal soon. */
const MOST_OUTSTANDING = 4;

/** What is needed of a GPUDevice. */
export type Device = {
  readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: Event) => void): void;
};

/**
 * Follows a device that works behind our back. The function it gives resolves when only a few of the steps submitted
 * so far are still waiting.
 *
 * WebGPU does not throw: a command that fails leaves its result as it was, zeros for instance, and tells the device. So
 * what the device has told is thrown from here, or a model would be measured that never learned.
 * @throws HpoError trainer.device-failed, from the function it gives.
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
    throw new HpoError('trainer.device-failed', `the GPU could not do what webgpu asked of it: ${failure}`, {
      fix: 'lower batch_size if memory ran out, or set device=wasm',
    });
  };
}

/** The first line: Dawn's messages go on with where in a shader or a pass it happened. */
function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message).split('\n')[0]!.trim();
}
