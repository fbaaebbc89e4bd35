import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAIN } from '../support/bundle.js';
import { describeWithReal } from '../support/real-part.js';
import { useSlurm } from '../support/slurm.js';
import { until } from '../support/until.js';
import { ROOT } from './run-example.js';

/** A cluster starts in 10 s, and in a minute beside the rest of the suite. */
const SLOW = { timeout: 300_000 };
const page = readFileSync(join(ROOT, 'docs', 'clusters.md'), 'utf8');

/** The blocks that the page says are run here, in order. */
const blocks = [
  ...page.matchAll(/^<!-- run: in test\/examples\/clusters-doc.test.ts -->\n```(\w+)\n(.*?)^```$/gms),
].map(([, language, code]) => ({ language, code: code as string }));
const text = (language: string, part = '') =>
  blocks.find((block) => block.language === language && block.code.includes(part))?.code ?? '';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hpo-clusters-doc-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'hpo'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  writeFileSync(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n');
  for (const name of ['hpo', 'npx']) chmodSync(join(bin, name), 0o755);
  writeFileSync(join(folder, 'train.py'), text('python'));
  writeFileSync(join(folder, 'sweep.yaml'), text('yaml'));
  writeFileSync(join(folder, 'ray.yaml'), text('yaml', '# ray.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function run(code: string, cwd = folder) {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const { stdout, stderr, status } = spawnSync('bash', ['-ec', code], { cwd, env, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

const of = (part: string) => blocks.find(({ code }) => code.includes(part))?.code ?? `exit 9 # ${part}`;

describeWithReal('slurm', 'the commands of docs/clusters.md', () => {
  describe('on a cluster', () => {
    useSlurm();

    test('the plan prints submissions, and the sweep runs them', SLOW, () => {
      const plan = run(of('--dry-run'));
      expect(plan.said).toContain('sbatch --requeue');
      expect(plan.said).toContain('which runs: python3 train.py 0.');
      const sweep = run(of('hpo best'));
      expect(sweep.said).toMatch(/has reached its budget: \d+ complete(, \d+ pruned)?\n/);
      expect(sweep.status).toBe(0);
    });

    test('a sweep that is left running finishes', SLOW, async () => {
      expect(run(of('setsid')).status).toBe(0);
      const log = join(folder, 'sweep.log');
      await until(() => /has reached its budget: \d+ complete/.test(readFileSync(log, 'utf8')));
    });
  });

  test('a cluster is started and stopped by a script', SLOW, () => {
    const own = of('my-cluster').replaceAll('/tmp/my-cluster', join(folder, 'my-cluster'));
    const { said, status } = run(own, ROOT);
    expect(said).toMatch(/debug\* +up +infinite +2 +idle/);
    expect(status).toBe(0);
  });
});

describeWithReal('ray', 'the commands of docs/clusters.md for Ray', () => {
  test('start a cluster, run the sweep on it, and leave nothing', SLOW, () => {
    // Short: Ray puts sockets into it.
    const own = `${mkdtempSync('/tmp/hpo-doc-')}/r`;
    const here = (code: string) => code.replaceAll('/tmp/my-ray', own);
    try {
      const start = run(`${here(of('ray.mjs start'))}\nenv | grep ^RAY_`, ROOT);
      expect(start.status).toBe(0);
      const names = start.said.split('\n').filter((line) => line.startsWith('RAY_A'));
      const sweep = run(`export ${names.join(' ')}\n${of('--sweep ray.yaml')}`);
      expect(sweep.said).toContain('curl -H');
      expect(sweep.said).toContain('has reached its budget: 4 complete');
      expect(sweep.status).toBe(0);
    } finally {
      expect(run(here(of('ray.mjs stop')), ROOT).status).toBe(0);
      rmSync(dirname(own), { recursive: true, force: true });
    }
    expect(spawnSync('pgrep', ['-f', own]).status).toBe(1);
  });
});
