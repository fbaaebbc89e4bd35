// What the scripts of real parts share: free ports, waiting, and the end of a daemon.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with ports of 127.0.0.1 that nothing listens on now, each another one. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const listening = (server) =>
    new Promise((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
  await Promise.all(servers.map(listening));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** Resolves when a condition holds, asked ten times a second; rejects after the limit. */
export async function until(isTrue, limitMs) {
  for (const endMs = Date.now() + limitMs; !isTrue(); await sleep(100))
    if (Date.now() > endMs) throw new Error(`not within ${limitMs / 1000} s: ${isTrue}`);
}

/** Ends the daemon whose pid is in a file, by force after the limit, and removes the file. */
export async function endDaemon(pidFile, limitMs) {
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  if (!Number.isSafeInteger(pid) || pid < 2) return;
  const send = (signal) => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  };
  send('SIGTERM');
  await until(() => !send(0), limitMs).catch(() => send('SIGKILL'));
  rmSync(pidFile, { force: true });
}
