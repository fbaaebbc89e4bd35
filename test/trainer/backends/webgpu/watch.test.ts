import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { watchDevice } from '../../../../src/trainer/backends/webgpu/watch.js';

/** A device whose work is done when a test says so. What a real one refuses is seen in train.test.ts. */
class SlowDevice extends EventTarget {
  readonly #waiting: (() => void)[] = [];
  lose: (info: { reason: string; message: string }) => void = () => {};
  readonly lost = new Promise<{ reason: string; message: string }>((resolve) => {
    this.lose = resolve;
  });
  readonly queue = {
    onSubmittedWorkDone: () => new Promise<void>((resolve) => this.#waiting.push(resolve)),
  };
  finishOne(): void {
    this.#waiting.shift()?.();
  }
}

describe('steps on a slow device', () => {
  it('go ahead by four, and then one for each that is done', async () => {
    const device = new SlowDevice();
    const keepUp = watchDevice(device);
    let taken = 0;
    const steps = (async () => {
      for (; taken < 20; taken++) await keepUp();
    })();
    for (let done = 0; done < 16; done++) {
      await setImmediate();
      expect(taken).toBe(4 + done);
      device.finishOne();
    }
    await steps;
    expect(taken).toBe(20);
  });

  it('end with what the device tells, its first words alone', async () => {
    const device = new SlowDevice();
    const keepUp = watchDevice(device);
    await keepUp();
    const tell = (message: string) =>
      device.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: new Error(message) }));
    tell('Out of memory.\n - While calling [Device].CreateBuffer');
    tell('[Invalid Buffer] is invalid');
    await expect(keepUp()).rejects.toThrow('a webgpu command failed on the GPU: Out of memory.');
    await expect(keepUp()).rejects.toMatchObject({ code: 'trainer.device-failed' });
  });

  it('end when the device is lost, but not when we destroyed it', async () => {
    const lost = new SlowDevice();
    const keepUp = watchDevice(lost);
    lost.lose({ reason: 'unknown', message: 'the driver was reset' });
    await setImmediate();
    await expect(keepUp()).rejects.toThrow('the device was lost: the driver was reset');
    const closed = new SlowDevice();
    const keepUpClosed = watchDevice(closed);
    closed.lose({ reason: 'destroyed', message: 'Device was destroyed.' });
    await setImmediate();
    await keepUpClosed();
  });
});
