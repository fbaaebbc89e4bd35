import type { Fault } from './fault.js';

/** Failures around a sweep: other sweeps, the disk, the database, the output. */
export const FAULTS_OF_THE_MACHINE: readonly Fault[] = [
  {
    fault: 'two sweeps on one machine, some of them killed, suspended or waiting',
    promise:
      'leases of GPU slots hold across studies and databases: a slot never has two trials, a dead process blocks no slot, no sweep waits forever',
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
      'with min_free_memory no trial starts on a GPU with too little free memory, and the wait can be ended; hpo waits for a hanging nvidia-smi once, counts unknown memory as free and records no usage',
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
      'launching pauses with one message; stored results stay, new ones are stored when there is space; the sweep resumes by itself',
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
    fault: 'a disk that becomes read-only, a user at the limit of processes',
    promise:
      'launching pauses with one warning and resumes by itself; no trial fails for it; a trial over its limit is still stopped',
    tests: [
      'test/cli/infrastructure.test.ts',
      'test/study/infrastructure.test.ts',
      'test/executors/local/refused.test.ts',
    ],
    parts: [],
    mutants: ['stop-needs-no-note'],
  },
  {
    fault: 'a database that is deleted, moved or replaced during a sweep',
    promise:
      'the sweep notices within a second and before each launch, leaves its trainers running, saves a copy of everything that was stored, and exits 1 with the command that resumes from it; no finished trial runs again',
    tests: [
      'test/cli/database-lost.test.ts',
      'test/storage/rescue.test.ts',
      'test/library/database-lost.test.ts',
    ],
    parts: [],
    mutants: ['lost-database-noticed'],
  },
  {
    fault: 'studies with the same name in several databases, or in a copied one, in one folder',
    promise: 'each has its own outputs: they never share a log, checkpoint, pid file or snapshot',
    tests: ['test/cli/same-name.test.ts', 'test/executors/local/study-folder.test.ts'],
    parts: [],
    mutants: ['outputs-of-one-study', 'outputs-claimed-once'],
  },
  {
    fault: 'a torn or corrupt database, or one with rows or tables that hpo does not write',
    promise:
      'opening finds it, changes nothing and prints the commands that rescue it; the trainers of a running sweep keep running; an unreadable row affects only its own study',
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
    promise: 'refused with a fix, before anything is created there',
    tests: ['test/storage/network-open.test.ts', 'test/storage/network-filesystem.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a tfjs backend that is broken, hangs or kills its process; a driver that does not answer',
    promise:
      'training uses the next backend that computes, and one line says so; `hpo doctor` survives each of them and names it',
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
    fault: 'a reader of the output that exits, output that is closed',
    promise: 'the sweep continues and has the same exit code',
    tests: ['test/cli/pipes.test.ts'],
    parts: [],
    mutants: ['closed-pipe-ends-no-sweep'],
  },
  {
    fault: 'a GPU that fails during training, or one other than the trial is pinned to',
    promise:
      'the built-in trainer exits with the error of the GPU and reports no metric; hpo warns about a pin that it cannot verify',
    tests: ['test/trainer/backends/webgpu/train.test.ts', 'test/trainer/backends/webgpu/watch.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: "W&B's server fails, throttles, hangs, refuses or is missing; hpo is killed with unsent rows",
    promise:
      'no sweep slows down or ends; every row arrives once and in order, with the next call at the latest; the API key appears nowhere, even when a server echoes it; hpo reads at most 1 MiB of an answer',
    tests: [
      'test/cli/wandb.test.ts',
      'test/cli/wandb-killed.test.ts',
      'test/cli/wandb-offline.test.ts',
      'test/loggers/wandb/client.test.ts',
      'test/loggers/wandb/logger.test.ts',
      'test/loggers/runs/journal.test.ts',
      'test/loggers/wandb/rows.test.ts',
      'test/loggers/wandb/hostile.test.ts',
      'test/cli/wandb-sync.test.ts',
    ],
    parts: [],
    mutants: ['wandb-key-taken-out', 'wandb-journal-of-the-living', 'wandb-rows-sent-once'],
  },
  {
    fault:
      'hpo is killed while it writes event files for TensorBoard, even in the middle of a record; two sweeps write those of one study; the disk is full',
    promise:
      'no sweep ends; after the next call every value is there once, and the table of parameters has every finished trial',
    tests: [
      'test/cli/tensorboard.test.ts',
      'test/loggers/tensorboard/logger.test.ts',
      'test/loggers/tensorboard/real.test.ts',
    ],
    parts: [],
    mutants: ['event-file-of-another-writer'],
  },
  {
    fault: 'a webhook is down, silent or broken, or a command of notifications hangs, fails or is missing',
    promise:
      'no sweep slows down, ends or changes its exit code, for one warning at most; no process of a command is left running',
    tests: [
      'test/cli/notifications.test.ts',
      'test/loggers/notify/webhook.test.ts',
      'test/loggers/notify/command.test.ts',
    ],
    parts: [],
    mutants: ['command-ended-with-its-children'],
  },
  {
    fault: 'an MLflow server is down, silent or broken, or loses answers; hpo is killed with unsent points',
    promise:
      'no sweep slows down or ends, for one warning at most; every point is there once, with the next call at the latest, and no run stays RUNNING; credentials appear nowhere',
    tests: [
      'test/cli/mlflow.test.ts',
      'test/loggers/mlflow/logger.test.ts',
      'test/loggers/mlflow/broken.test.ts',
    ],
    parts: [],
    mutants: ['mlflow-points-sent-once', 'mlflow-runs-created-once'],
  },
  {
    fault: 'an event log that cannot be written, or that a loss of power cut',
    promise: 'hpo refuses a pipe and waits for a full disk; each event has its own line; no sweep ends',
    tests: ['test/loggers/events/file.test.ts', 'test/cli/events.test.ts'],
    parts: [],
    mutants: ['event-after-a-torn-line'],
  },
  {
    fault: 'a logger that throws, hangs, or cannot write its output',
    promise: 'it is reported once; no sweep ends or waits for it, and the other loggers get every event',
    tests: [
      'test/loggers/logger-group.test.ts',
      'test/loggers/conformance.test.ts',
      'test/cli/loggers.test.ts',
    ],
    parts: [],
    mutants: [],
  },
];
