import { expect, it } from 'vitest';
import { RayApi } from '../../../src/executors/ray/ray-api.js';
import { RayQueue } from '../../../src/executors/ray/ray-queue.js';
import { type RayOptions, termsOf } from '../../../src/executors/ray/request.js';
import { BY_SHARED_FOLDER } from '../../../src/executors/ray/way.js';
import { ScriptedRay } from './scripted-ray.js';

function makeQueue(address: string, runtimeEnv: RayOptions['runtime_env'] = {}): RayQueue {
  const options = {
    address,
    cpus: 1,
    gpus: 0,
    mem: 0,
    resources: {},
    runtime_env: runtimeEnv,
    working_dir: '',
  };
  return new RayQueue(new RayApi(address), termsOf(options), BY_SHARED_FOLDER);
}

it('shows and keeps only jobs that it was asked for, also where it lists those of the whole cluster', async () => {
  const ray = await ScriptedRay.start();
  const queue = makeQueue(ray.address);
  const names = Array.from({ length: 20 }, (_, k) => `hpo-${k}`);
  ray.listed = [...names, 'other'].map((submission_id) => ({ submission_id, status: 'RUNNING' }));
  queue.follow('hpo-1');
  const jobs = await queue.look(names.map((name) => ({ name, id: null })));
  expect(jobs?.map(({ name }) => name)).toEqual(names);
  expect(['hpo-1', 'hpo-2', 'other'].map((name) => queue.known(name)?.id)).toEqual([
    'hpo-1',
    undefined,
    undefined,
  ]);
  queue.forget('hpo-1');
  // An answer that comes late.
  await queue.refresh('hpo-1');
  expect(queue.known('hpo-1')).toBeNull();
});

it('shows a submission without the values of variables and the passwords of URLs', () => {
  const queue = makeQueue('http://head:8265', {
    pip: ['--extra-index-url https://user:secret@packages.example/simple', 'torch'],
    env_vars: { API_KEY: 'secret' },
  });
  const shown = queue
    .submission({ name: 'hpo-1', script: '/x/job.sh', output: '/x/log', cwd: '/x' })
    .join(' ');
  expect(shown).not.toContain('secret');
  expect(shown).toContain('https://***@packages.example/simple');
  expect(shown).toContain('"API_KEY":"***"');
  expect(shown).toContain('"RAY_JOB_STOP_WAIT_TIME_S":"10"');
});
