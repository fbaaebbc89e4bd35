// Tunes the service while it runs: most events per second, within limits on the latency and on the size of an event on disk.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createStudy, float, int } from 'hpo';
import { sendEvents } from './load.mjs';
import { type Settings, startService } from './service.mjs';

const today: Settings = { batch: 1, waitMs: 0, level: 6 };
const service = await startService('events.gz', today);

await using study = await createStudy({
  name: 'collector',
  storage: 'collector.db',
  loadIfExists: true, // run it again to resume
  direction: 'maximize',
  space: {
    batch: int(1, 64, { log: true }),
    waitMs: float(0, 20),
    level: int(0, 9),
  },
  constraints: ['p95_ms <= 25', 'bytes_per_event <= 50'],
});
if ((await study.trials()).length === 0) await study.enqueue(today); // what the rest is compared with

const delay = monitorEventLoopDelay();
delay.enable();
for await (const trial of study.run({ totalTrials: 16 })) {
  service.configure(trial.params);
  await sendEvents({ port: service.port, clients: 32, count: 64 }); // warm-up
  const before = { ...service.written };
  const { seconds, tookMs } = await sendEvents({ port: service.port, clients: 32, count: 320 });
  const events = service.written.events - before.events;
  const metrics = {
    objective: Math.round(events / seconds),
    p95_ms: tookMs[Math.floor(tookMs.length * 0.95)] ?? Number.NaN,
    bytes_per_event: (service.written.bytes - before.bytes) / events,
  };
  trial.report(metrics, 1);
  await trial.complete(metrics.objective);
}

const best = await study.best(); // null: no trial kept the limits
console.log('best within the limits:', best?.value, JSON.stringify(best?.params));
console.log(`longest pause of the event loop: ${(delay.max / 1e6).toFixed(0)} ms`);
service.configure(best?.params ?? today);
await service.close(); // one that serves others stays
