/** One `hpo optimize`, or program that calls optimize, on one study. */
export type NewWorker = {
  readonly studyId: number;
  /** The process, as src/liveness/identity.ts writes it. */
  readonly owner: string;
  readonly place: WorkerPlace;
  /** How long it may be silent before others take its trials. */
  readonly leaseMs: number;
};

/** What a worker runs trials with. */
export type WorkerPlace = {
  /** How many trials run at once. */
  readonly slots: number;
  /** Such as `cpu` or `0 1`. */
  readonly devices: string;
  /** The kind of its executor. */
  readonly executor: string;
};

export type WorkerRecord = {
  readonly owner: string;
  readonly place: WorkerPlace;
  readonly leaseMs: number;
  readonly startedAtMs: number;
  readonly renewedAtMs: number;
  /** How long ago that was, by the clock of the database. */
  readonly silentMs: number;
  /** `expired`: it was silent for longer than its lease. */
  readonly state: 'alive' | 'expired' | 'ended';
};

/**
 * The leases of workers, on the clock of the database and over a connection of their own. Every call gives up after
 * `limitMs` and then rejects.
 */
export type Leases = {
  /** Registers a worker and returns its lease. `earlier`: its lease before, which ends; null for the first. */
  begin(worker: NewWorker, limitMs: number, earlier: number | null): Promise<number>;
  /** Renews a lease. False: it has ended, for good, and others may have taken the worker's trials. */
  renew(lease: number, limitMs: number): Promise<boolean>;
  /** The worker has nothing to run any more. Its process lives, even where others found this lease expired. */
  end(lease: number, limitMs: number): Promise<void>;
};
