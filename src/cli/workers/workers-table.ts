import { durationWords } from '../../core/units.js';
import { isoTime } from '../study-facts.js';
import { printTable } from '../table/print-table.js';
import type { ShownWorker } from './read-workers.js';

const COLUMNS = [
  'host',
  'pid',
  'state',
  'since',
  'renewed',
  'lease',
  'slots',
  'devices',
  'executor',
  'trials',
];

/** Prints one line for each worker. */
export function printWorkers(workers: readonly ShownWorker[]): Promise<void> {
  return printTable(
    COLUMNS,
    workers.map((worker) => [
      worker.host ?? '',
      text(worker.pid),
      worker.state,
      isoTime(worker.sinceMs) ?? '',
      worker.renewedMsAgo === null ? '' : `${durationWords(seconds(worker.renewedMsAgo))} ago`,
      worker.leaseMs === null ? '' : durationWords(worker.leaseMs),
      text(worker.slots),
      worker.devices ?? '',
      worker.executor ?? '',
      worker.trials.join(' '),
    ]),
  );
}

function text(count: number | null): string {
  return count === null ? '' : String(count);
}

function seconds(ms: number): number {
  return Math.round(ms / 1000) * 1000;
}
