/** Starts a cluster in a new folder and resolves with the path of its configuration once its nodes are idle. */
export function startSlurm(folder: string, settings?: readonly string[]): Promise<string>;
/** Ends the controller and starts it again. Jobs are not disturbed. */
export function restartController(folder: string): Promise<void>;
/** Ends the controller: commands get no answer until `restartController`. */
export function stopController(folder: string): Promise<void>;
/** Ends what runs in a cluster, then its daemons, and removes its folder. */
export function stopSlurm(folder: string): Promise<void>;
