/** Starts a cluster in a new folder and resolves with the variables that its commands need. */
export function startGridEngine(folder: string): Promise<Readonly<Record<string, string>>>;
/** Ends what runs in a cluster, then its daemons, and removes its folder. */
export function stopGridEngine(
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<void>;
