import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { jobScript } from '../../src/executors/batch/job-script.js';
import { tempDir } from '../executors/local/harness.js';
import { hpo, makeProject } from '../support/cli.js';
import { describeWithReal, REAL } from '../support/real-part.js';
import { until } from '../support/until.js';
import { ROOT } from './run-example.js';

const FOLDER = join(ROOT, 'examples', 'kubernetes');
const orchestrators = readFileSync(join(FOLDER, 'orchestrators.yaml'), 'utf8');

/** Returns what Kubernetes' own schemas find wrong in these resources; empty where nothing is. */
function problemsOf(resources: readonly unknown[]): string {
  const program = `
import json, sys, kubernetes_validate as k
for resource in json.load(sys.stdin):
    try:
        k.validate(resource, k.latest_version(), strict=True)
    except (k.ValidationError, k.SchemaNotFoundError) as error:
        print(resource.get("kind"), error)
`;
  const input = JSON.stringify(resources);
  const { stdout, stderr, status } = spawnSync(REAL.kubernetes, ['-c', program], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Runs the example that submits a trial, without a cluster. */
function submitted(env: Readonly<Record<string, string>> = {}) {
  const args = [join(FOLDER, 'submit.mjs'), '--print', 'hpo-3-token', "/work/a 'b'/job.sh", '/work'];
  const { stdout } = spawnSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: 'utf8' });
  return JSON.parse(stdout);
}

describeWithReal('kubernetes', 'manifests of Kubernetes', () => {
  const resources = parseAllDocuments(orchestrators).map((document) => document.toJS());

  test('of orchestrators fit the schemas', () => {
    expect(resources.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Service', 'StatefulSet', 'Job']);
    expect(problemsOf(resources)).toBe('');
  });

  test('of a trial fit the schemas, with GPUs and without', () => {
    const jobs = [submitted(), submitted({ HPO_K8S_GPUS: '2' })];
    expect(problemsOf(jobs)).toBe('');
    expect(jobs[1].spec.template.spec.containers[0].resources.limits).toMatchObject({
      'nvidia.com/gpu': '2',
    });
  });

  test.each([
    ['spec', { completionMode: 'Indexed', completions: 'four' }],
    ['spec', { parallel: 4 }],
  ])('with a mistake in their %s do not fit: %j', (key, change) => {
    const job = resources.find(({ kind }) => kind === 'Job');
    expect(problemsOf([{ ...job, [key]: { ...job[key], ...change } }])).toContain('Job');
  });
});

test('the sweep in the manifest of orchestrators is one that hpo plans', async () => {
  const [config] = parseAllDocuments(orchestrators).map((document) => document.toJS());
  const folder = makeProject({ 'sweep.yaml': config.data['sweep.yaml'].replaceAll('/sweep/', '') });
  writeFileSync(join(folder, 'train.py'), config.data['train.py']);
  expect(await hpo(folder, 'optimize', '--sweep', 'sweep.yaml', '--trials', '2', '--dry-run')).toContain(
    'python3 train.py 0.',
  );
});

describeWithReal('namespaces', 'a pod', () => {
  test('passes SIGTERM on from its first process, and ends well whatever the trainer did', async () => {
    const dir = tempDir();
    const [, , first] = submitted().spec.template.spec.containers[0].command as string[];
    const command = ['bash', '-c', 'trap "exit 5" TERM; echo begun; while :; do sleep 0.05; done'];
    const script = join(dir, 'job.sh');
    writeFileSync(script, jobScript({ token: 't', dir, cwd: dir, command, env: {}, jobId: '7' }));
    // A process of its own namespace is the first one there, as in a pod.
    const args = ['--fork', '--pid', '--mount-proc', 'bash', '-c', first as string, script];
    const pod = spawn('unshare', args, { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => pod.once('exit', resolve));
    const read = (name: string) => (existsSync(join(dir, name)) ? readFileSync(join(dir, name), 'utf8') : '');
    await until(() => read('log').includes('begun'));
    for (const pid of childrenOf(pod.pid as number)) process.kill(pid, 'SIGTERM');
    expect(await ended).toBe(0);
    expect(read('exit')).toBe('5\n');
  });
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}
