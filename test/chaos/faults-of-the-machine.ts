import type { Fault } from './fault.js';

/** What is wrong around a sweep: other sweeps, its disk, its database, its output. */
export const FAULTS_OF_THE_MACHINE: readonly Fault[] = [
  {
    fault: 'two sweeps on one machine, some of them killed, suspended or waiting',
    promise:
      'a GPU slot is leased over all studies and databases: never two trials in one, no lease of the dead in the way, nobody waits for ever',
    tests: [
      'test/cli/leases.test.ts',
      'test/cli/leases-killed.test.ts',
      'test/executors/slot-pool.test.ts',
      'test/executors/local/leases/leases.test.ts',
      'test/executors/local/leases/race.test.ts',
      'test/executors/local/leases/folder.test.ts',
    ],
    parts: [],
    mutants: [
      'lease-claimed-before-counting',
      'lease-folder-of-this-user',
      'lease-of-the-dead-is-stale',
      'lease-outlives-orchestrator',
      'lease-reattached-with-its-attempt',
    ],
  },
  {
    fault: 'GPUs that others use, an nvidia-smi that fails or hangs',
    promise:
      'with min_free_memory no trial starts where too little is free, and the waiting can be ended; nvidia-smi is waited for once, what it does not tell counts as free, and what it would record is missing',
    tests: [
      'test/cli/busy-gpus.test.ts',
      'test/cli/gpu-use.test.ts',
      'test/study/gpus.test.ts',
      'test/executors/slot-pool.test.ts',
      'test/executors/local/gpus/free-memory.test.ts',
      'test/executors/local/gpus/nvidia-smi.test.ts',
      'test/executors/local/gpus/gpu-usage-monitor.test.ts',
      'test/storage/reporting.test.ts',
    ],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a full disk, a used-up quota',
    promise:
      'nothing is launched, with one message; what was told is kept and what happens is stored later; it goes on by itself',
    tests: [
      'test/cli/disk-full.test.ts',
      'test/study/disk-full.test.ts',
      'test/storage/damage.test.ts',
      'test/loggers/csv/file.test.ts',
      'test/loggers/sweep-log.test.ts',
    ],
    parts: [],
    mutants: ['disk-full-waited-for'],
  },
  {
    fault: 'a disk that becomes read-only, a user without processes left',
    promise:
      'launching pauses with one warning and resumes by itself; no trial fails for it, and a trial over its limit is stopped all the same',
    tests: [
      'test/cli/infrastructure.test.ts',
      'test/study/infrastructure.test.ts',
      'test/executors/local/refused.test.ts',
    ],
    parts: [],
    mutants: ['stop-needs-no-note'],
  },
  {
    fault: 'a database that is deleted, moved or replaced under a sweep',
    promise:
      'the sweep notices within a second and before each launch, leaves its trainers running, saves everything that was stored in a copy, and exits 1 with the command that resumes from it; no finished trial runs again',
    tests: [
      'test/cli/database-lost.test.ts',
      'test/storage/rescue.test.ts',
      'test/library/database-lost.test.ts',
    ],
    parts: [],
    mutants: ['lost-database-noticed'],
  },
  {
    fault: 'studies of one name in several databases, or in a copy of one, in one folder',
    promise: 'each has outputs of its own: no log, checkpoint, pid file or snapshot is ever shared',
    tests: ['test/cli/same-name.test.ts', 'test/executors/local/study-folder.test.ts'],
    parts: [],
    mutants: ['outputs-of-one-study', 'outputs-claimed-once'],
  },
  {
    fault: 'a torn or corrupt database, one whose rows or tables are not as hpo makes them',
    promise:
      'found when it is opened, left as it is, and told with the commands that save it; trainers of a running sweep go on; a row that cannot be read harms its own study alone',
    tests: [
      'test/storage/damage.test.ts',
      'test/study/disk-full.test.ts',
      'test/cli/disk-full.test.ts',
      'test/cli/broken-rows.test.ts',
    ],
    parts: [],
    mutants: ['torn-database-found', 'damaged-database-stops-no-trainer'],
  },
  {
    fault: 'a database on a network file system',
    promise: 'refused with a way out, before anything is made there',
    tests: ['test/storage/network-open.test.ts', 'test/storage/network-filesystem.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a tfjs backend that is broken, hangs or kills its process; a driver that does not answer',
    promise:
      'training goes on with a backend that computes, and one line says so; `hpo doctor` outlives them all and names them',
    tests: [
      'test/trainer/backends/load.test.ts',
      'test/trainer/backends/tfjs-node.test.ts',
      'test/cli/train.test.ts',
      'test/cli/doctor/doctor.test.ts',
      'test/cli/doctor/judge.test.ts',
      'test/executors/run-with-timeout.test.ts',
    ],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a reader of our output that goes away, output that is closed',
    promise: 'the sweep goes on, with the same exit code',
    tests: ['test/cli/pipes.test.ts'],
    parts: [],
    mutants: ['closed-pipe-ends-no-sweep'],
  },
  {
    fault: 'a GPU that fails behind a trainer, or another one than it is pinned to',
    promise:
      'the built-in trainer ends with what the GPU told and measures nothing; a pin that is not verified is told',
    tests: ['test/trainer/backends/webgpu/train.test.ts', 'test/trainer/backends/webgpu/watch.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: "W&B's server fails, throttles, hangs, refuses or is not there; hpo is killed while it owes rows",
    promise:
      'no sweep is slowed or ended; every row arrives once and in its order, by the next call at the latest; the key is shown nowhere, also where a server echoes it; of an answer at most 1 MiB is read',
    tests: [
      'test/cli/wandb.test.ts',
      'test/cli/wandb-killed.test.ts',
      'test/cli/wandb-offline.test.ts',
      'test/loggers/wandb/client.test.ts',
      'test/loggers/wandb/logger.test.ts',
      'test/loggers/wandb/journal.test.ts',
      'test/loggers/wandb/rows.test.ts',
      'test/loggers/wandb/hostile.test.ts',
      'test/cli/wandb-sync.test.ts',
    ],
    parts: [],
    mutants: ['wandb-key-taken-out', 'wandb-journal-of-the-living', 'wandb-rows-sent-once'],
  },
  {
    fault: 'a file of events that cannot be written, or that a loss of power cut',
    promise: 'a pipe is refused, a full disk waited for; no line is glued to another, and no sweep ends',
    tests: ['test/loggers/events/file.test.ts', 'test/cli/events.test.ts'],
    parts: [],
    mutants: ['event-after-a-torn-line'],
  },
];
