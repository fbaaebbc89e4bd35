import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTfjsNode } from '../../../src/trainer/backends/tfjs-node.js';
import { makeProject } from '../../support/cli.js';
import { installStandIns, type NativeName } from '../../support/tfjs-node.js';

/** Loads a stand-in that behaves so, or nothing. */
function load(name: NativeName, behavior: string | null, readyLimitMs = 60_000) {
  const modules = installStandIns(makeProject(), behavior === null ? {} : { [name]: behavior });
  return loadTfjsNode(name, readyLimitMs, createRequire(join(modules, '..', 'main.js')));
}

describe('loadTfjsNode, on a stand-in package', () => {
  let warnings: string[] = [];
  beforeEach(() => {
    warnings = [];
    vi.spyOn(console, 'warn').mockImplementation((...words) => void warnings.push(words.join(' ')));
  });
  afterEach(() => {
    if (tf.findBackendFactory('tensorflow')) tf.removeBackend('tensorflow');
  });

  it('says that a package is not installed', async () => {
    await expect(load('tfjs-node', null)).rejects.toMatchObject({
      code: 'trainer.missing-package',
      fix: 'npm install @tensorflow/tfjs-node@4.22.0',
    });
  });

  it.each([
    ['no-binding', /native addon module \(tfjs_binding\.node\) can not be found/, /^npm rebuild @tensorflow/],
    ['no-library', /libtensorflow\.so\.2: cannot open shared object file/, /^install the library/],
    ['no-part', /Cannot find module 'a-package-that-is-not-there'/, /^npm rebuild/],
    ['throws-text', /broken: METRIC epoch_loss=0 METRIC epoch_loss=1$/, /^npm rebuild/],
    ['throws-nothing', /undefined/, /^npm rebuild/],
    ['throws-no-text', /the thrown value has no text/, /^npm rebuild/],
    ['old-node-only', /isNullOrUndefined\) is not a function/, /^use Node 22 or earlier/],
    ['wrong-product', /its product of \(2, 3\) and \(5, 7\) is 30, not 31/, /^npm rebuild/],
  ])('tells what is broken in one that is installed: %s', async (behavior, message, fix) => {
    await expect(load('tfjs-node', behavior)).rejects.toMatchObject({
      code: 'trainer.broken-backend',
      message: expect.stringMatching(message),
      fix: expect.stringMatching(fix),
    });
  });

  it('waits only so long for one that never becomes ready', async () => {
    await expect(load('tfjs-node', 'never-ready', 100)).rejects.toThrow('it was not ready within 0.1 s');
  });

  it('after one that failed halfway, the next one loads without a warning for each kernel', async () => {
    await expect(load('tfjs-node-gpu', 'no-binding')).rejects.toThrow();
    expect(await load('tfjs-node', 'cpu')).toMatchObject({ name: 'tfjs-node' });
    expect(warnings).toEqual([]);
  });

  it('tells a GPU package that computes on the GPU from one that found none', async () => {
    expect(await load('tfjs-node-gpu', 'gpu')).not.toHaveProperty('onCpu');
  });
});
