import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveRunConfig } from '../../src/config/overrides.js';
import { runConfigSchema } from '../../src/config/run-config.js';
import { HpoError } from '../../src/core/errors.js';

function failure(base: unknown, ...overrides: string[]): HpoError {
  try {
    resolveRunConfig(base, overrides);
  } catch (error) {
    if (error instanceof HpoError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('resolveRunConfig', () => {
  it('fills in every default', () => {
    expect(resolveRunConfig({}, [])).toEqual(runConfigSchema.parse({}));
    expect(resolveRunConfig({}, []).model.filters).toEqual([8, 16]);
  });

  it('reads values as YAML', () => {
    const config = resolveRunConfig({}, [
      'learner.step_size=5e-2',
      'learner.opt=sgd',
      'model.filters=[4, 6]',
      'data.limit=null',
      'data.path=/some/where=else',
      'epochs=2',
    ]);
    expect(config.learner).toMatchObject({ step_size: 0.05, opt: 'sgd' });
    expect(config.model.filters).toEqual([4, 6]);
    expect(config.data).toEqual({ limit: null, path: '/some/where=else' });
    expect(config.epochs).toBe(2);
  });

  it('lets the last override of a key win, over the base too, and leaves the rest of the base alone', () => {
    const base = { epochs: 7, learner: { momentum: 0.5, step_size: 1 } };
    const config = resolveRunConfig(base, ['learner.step_size=2', 'learner.step_size=3']);
    expect(config).toMatchObject({ epochs: 7, learner: { momentum: 0.5, step_size: 3 } });
    expect(base.learner.step_size).toBe(1);
  });

  it.each([
    ['learner.stepsize=1', 'learner.step_size'],
    ['step_size=1', 'learner.step_size'],
    ['epoch=3', 'epochs'],
  ])('refuses the unknown key of %s and names the nearest', (override, nearest) => {
    const error = failure({}, override);
    expect(error).toMatchObject({ code: 'config.unknown-key', usage: true });
    expect(error.fix).toContain(`did you mean ${nearest}?`);
  });

  it('refuses a group, naming its settings', () => {
    const error = failure({}, 'model={}');
    expect(error).toMatchObject({ code: 'config.unknown-key', usage: true });
    expect(error.fix).toContain('model.filters or model.dense');
  });

  it.each([
    ['learner.step_size=fast', 'learner.step_size'],
    ['learner.step_size=', 'learner.step_size'],
    ['learner.step_size=.inf', 'learner.step_size'],
    ['learner.step_size=-1', 'learner.step_size'],
    ['learner.opt=adamm', 'learner.opt'],
    ['epochs=1.5', 'epochs'],
    ['model.filters=[8]', 'model.filters'],
    ['model.filters=[8, many]', 'model.filters.1'],
    ['model.filters=[8,', 'model.filters'],
    ['seed=-1', 'seed'],
  ])('refuses the value of %s and names its path', (override, path) => {
    const error = failure({}, override);
    expect(error).toMatchObject({ code: 'config.invalid-value', usage: true });
    expect(error.message.startsWith(`${path}: `)).toBe(true);
  });

  it('tells what is wrong in the base too', () => {
    expect(failure({ epoch: 3 })).toMatchObject({ code: 'config.unknown-key' });
    expect(failure({ epochs: 'three' }).message).toContain('epochs: ');
    expect(failure([1]).message).toContain('the configuration: ');
  });

  it.each(['epochs', '=3', ''])('refuses %j, which is no key=value', (text) => {
    expect(failure({}, text)).toMatchObject({ code: 'config.invalid-value', usage: true });
  });

  it('never lets a key reach beyond the settings', () => {
    for (const key of [
      '__proto__.polluted',
      'constructor.prototype.polluted',
      'learner.__proto__.polluted',
    ]) {
      expect(failure({}, `${key}=1`)).toMatchObject({ code: 'config.unknown-key' });
    }
    expect('polluted' in {}).toBe(false);
  });

  it('reads any finite number back that JavaScript prints', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
        expect(resolveRunConfig({}, [`learner.step_size=${value}`]).learner.step_size).toBe(value);
      }),
    );
  });

  it('answers any text with settings or a usage error', () => {
    fc.assert(
      fc.property(fc.constantFrom('epochs=', 'learner.opt=', 'data.path=', ''), fc.string(), (key, text) => {
        try {
          runConfigSchema.parse(resolveRunConfig({}, [key + text]));
        } catch (error) {
          expect(error).toMatchObject({ usage: true });
        }
      }),
    );
  });
});
