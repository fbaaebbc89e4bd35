import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cleanEnv, MAIN } from '../../support/bundle.js';
import { makeProject, sweepFile } from '../../support/cli.js';
import { describeWithReal, REAL } from '../../support/real-part.js';

const CLIENT = fileURLToPath(new URL('../../fixtures/mcp/client.py', import.meta.url));

describeWithReal('mcp', 'the Python client', () => {
  test('finds the tools, runs a sweep with them, and reads its best configuration, a plot and a log', async () => {
    const cwd = makeProject({ 'sweep.yaml': sweepFile() });
    const { stdout } = await promisify(execFile)(REAL.mcp, [CLIENT, cwd, process.execPath, MAIN, 'mcp'], {
      env: cleanEnv({ HPO_LEASE_DIR: `${cwd}/leases` }),
    });
    const { tools, best, image, wrong, log } = JSON.parse(stdout);
    expect(tools).toContain('explain_failure');
    expect(best).toMatchObject({ params: { x: expect.any(Number) }, n: 1 });
    expect(image).toEqual(['image/png']);
    expect(wrong).toEqual([true, expect.stringContaining('error[study.not-found]')]);
    expect(log).toContain('METRIC epoch=2 loss=');
  });
});
