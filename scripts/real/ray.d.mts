/** By which hpo and Ray's own commands find a cluster. */
export type RayVariables = {
  readonly RAY_ADDRESS: string;
  readonly RAY_API_SERVER_ADDRESS: string;
  readonly RAY_AUTH_MODE: string;
  readonly RAY_AUTH_TOKEN_PATH: string;
};
/** Returns the program `ray` of scripts/real-parts.sh; null where that is not installed. */
export function rayProgram(): string | null;
/** Starts a cluster in a new folder and resolves with its variables once it takes jobs. */
export function startRay(folder: string, options?: { readonly cpus?: number }): Promise<RayVariables>;
/** Ends a cluster with all its jobs, and starts a new one that knows nothing of them, at the same address. */
export function restartRay(folder: string): Promise<void>;
/** Ends a cluster at once, with all its jobs, and removes its folder. */
export function stopRay(folder: string): Promise<void>;
