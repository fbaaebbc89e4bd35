import { existsSync } from 'node:fs';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Executor } from '../../src/executors/executor.js';
import { makeFunctionExecutor } from '../../src/executors/function/executor.js';
import { GpuUsageMonitor } from '../../src/executors/local/gpus/gpu-usage-monitor.js';
import { controlOf, executors } from '../../src/executors/registry.js';
import { wrapExecutor } from '../../src/executors/wrap.js';
import { standIn } from '../support/gpus.js';
import { describeExecutor, HANGS, type Kind, SAVES } from './conformance.js';
import { makeExecutor, tempDir } from './local/harness.js';
import { ScriptedCluster, ScriptedRemote } from './scripted-remote.js';

afterEach(() => vi.unstubAllEnvs());

function local(more: { readonly checkpoints?: 'remove' } = {}): Kind {
  return {
    kind: 'local',
    make: (what) => {
      const outputs = tempDir();
      return () => makeExecutor(outputs, ['/bin/sh', '-c', what === 'ends' ? SAVES : HANGS], more);
    },
    hasCheckpoints: more.checkpoints !== undefined,
    outlivesPrograms: true,
    hasLogs: true,
    leavesExitCode: true,
  };
}

/** Every entry of the registry is here under its name, and what else keeps the contract. */
const kinds: Readonly<Record<string, Kind>> = {
  local: local(),
  'local with checkpoints': local({ checkpoints: 'remove' }),
  'a function': {
    kind: 'function',
    make: (what) => () =>
      makeFunctionExecutor(
        async ({ report, signal, checkpoint }) => {
          report(0.5, 1);
          await checkpoint.save('the state of step 1');
          while (what === 'waits' && !signal.aborted)
            await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          return 0.5;
        },
        ['loss'],
      ),
    hasCheckpoints: true,
    outlivesPrograms: false,
    hasLogs: false,
    leavesExitCode: true,
  },
  'a scripted cluster': {
    kind: 'remote',
    make: (what) => {
      const cluster = new ScriptedCluster();
      return () => new ScriptedRemote(cluster, () => ({ losses: [9, 0.5], hangs: what === 'waits' }));
    },
    hasCheckpoints: false,
    outlivesPrograms: true,
    hasLogs: true,
    leavesExitCode: true,
  },
};

/** Whatever takes an executor and returns one that is used in its place. */
const wrappers: Readonly<Record<string, (executor: Executor) => Executor>> = {
  'by itself': (executor) => executor,
  wrapped: (executor) => wrapExecutor(executor, {}),
  'behind a proxy': (executor) =>
    new Proxy(executor, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    }),
  'whose use of GPUs is sampled': (executor) => {
    const smi = standIn([{ util: 5, used: 0, free: 8000 }]);
    for (const [name, value] of Object.entries(smi.env)) vi.stubEnv(name, value);
    const watch = new GpuUsageMonitor({ onTrouble: () => {}, firstMs: 1 });
    onTestFinished(() => watch.close());
    return watch.wrapExecutor(executor);
  },
};

const cases = Object.entries(kinds).flatMap(([name, kind]) =>
  Object.entries(wrappers).map(([how, wrap]) => ({ name: `${name} ${how}`, kind, wrap })),
);
/** Those that need a real part have a file of their own. */
const ownFile = (name: string) => new URL(`${name}/conformance.test.ts`, import.meta.url);

it.each(executors)('has the executor $name of the registry in this suite, under its kind', async (entry) => {
  const missing = `add ${entry.name} to kinds, in this file, with kind: '${entry.name}'`;
  if (!existsSync(ownFile(entry.name))) expect(kinds[entry.name]?.kind, missing).toBe(entry.name);
  const module = await entry.load();
  const own = kinds[entry.name]?.make('ends')().allocate({ trial: 0, attempt: 1, token: 'a' });
  expect(await controlOf(own ?? `${entry.name}:/s/.attempts/00000-1-aabbccdd`)).toBe(module.control);
});

it('knows no executor for a handle of another version', async () => {
  expect(await controlOf('quantum:7')).toBeNull();
  expect(await controlOf('')).toBeNull();
});

for (const { name, kind, wrap } of cases) describeExecutor(name, kind, wrap);
