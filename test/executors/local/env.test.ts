import { describe, expect, it } from 'vitest';
import { type Env, type TrainerEnvInput, trainerEnv } from '../../../src/executors/local/env.js';

const cpu = { id: 0, device: 'cpu', env: { CUDA_VISIBLE_DEVICES: '' } };
const gpu = { id: 0, device: '1', env: { CUDA_VISIBLE_DEVICES: 'GPU-b', CUDA_DEVICE_ORDER: 'PCI_BUS_ID' } };

function env(more: Partial<TrainerEnvInput> = {}, slot = cpu): Env {
  const attempt = { study: 's', trial: 3, token: 'tok', params: { a: 1 }, seed: 9, slot, targetStep: null };
  return trainerEnv({
    attempt,
    configFile: '/c',
    paramsFile: '/a/params.json',
    trialDir: '/t',
    checkpointDir: null,
    trainerEnv: {},
    ompThreads: 2,
    inherited: {},
    ...more,
  });
}

describe('trainerEnv', () => {
  it('limits threads on a CPU slot, unless someone has', () => {
    expect(env().OMP_NUM_THREADS).toBe('2');
    expect(env({ ompThreads: 0.5 }).OMP_NUM_THREADS).toBe('1');
    expect(env({ inherited: { OMP_NUM_THREADS: '7' } })).not.toHaveProperty('OMP_NUM_THREADS');
    expect(env({ trainerEnv: { OMP_NUM_THREADS: '5' } }).OMP_NUM_THREADS).toBe('5');
    expect(env({ ompThreads: null })).not.toHaveProperty('OMP_NUM_THREADS');
    expect(env({}, gpu)).not.toHaveProperty('OMP_NUM_THREADS');
  });

  it('pins the slot, and lets trainer.env overrule all but the variables of hpo', () => {
    expect(env({}, gpu)).toMatchObject(gpu.env);
    const own = env(
      { trainerEnv: { PYTHONUNBUFFERED: '0', CUDA_VISIBLE_DEVICES: '9', HPO_ATTEMPT_TOKEN: 'x' } },
      gpu,
    );
    expect(own).toMatchObject({ PYTHONUNBUFFERED: '0', CUDA_VISIBLE_DEVICES: '9', HPO_ATTEMPT_TOKEN: 'tok' });
  });

  it('names the folder of checkpoints where there is one, and never that of a sweep around ours', () => {
    expect(env()).not.toHaveProperty('HPO_CHECKPOINT_DIR');
    const outer = { inherited: { HPO_CHECKPOINT_DIR: '/outer' } };
    expect(env({ checkpointDir: '/k', ...outer }).HPO_CHECKPOINT_DIR).toBe('/k');
    expect(env(outer).HPO_CHECKPOINT_DIR).toBe('');
  });

  it('always names the file of the parameters, and leaves out a variable that would be too long, the outer one too', () => {
    expect(env()).toMatchObject({ HPO_PARAMS: '{"a":1}', HPO_PARAMS_FILE: '/a/params.json' });
    const attempt = {
      study: 's',
      trial: 3,
      token: 'tok',
      params: { a: '\u00e9'.repeat(50_000) },
      seed: 9,
      targetStep: null,
      slot: cpu,
    };
    const large = env({ attempt, inherited: { HPO_PARAMS: '{"outer":1}', HPO_PARAMS_FILE: '/outer' } });
    expect(large.HPO_PARAMS_FILE).toBe('/a/params.json');
    expect(Object.keys(large)).toContain('HPO_PARAMS');
    expect(large.HPO_PARAMS).toBeUndefined();
  });

  it('keeps decimal points where LC_ALL asks for commas, and the language otherwise', () => {
    expect(env({ inherited: { LC_ALL: 'de_DE.UTF-8' } })).toMatchObject({
      LC_NUMERIC: 'C',
      LC_ALL: '',
      LANG: 'de_DE.UTF-8',
    });
    expect(env({ inherited: { LANG: 'de_DE.UTF-8' } })).not.toHaveProperty('LC_ALL');
  });
});
