/** Returns the environment of a run whose output hpo reads: unbuffered, without windows, without files beside the script. */
export function quietEnv(): Record<string, string> {
  return {
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
    LC_NUMERIC: 'C',
    MPLBACKEND: 'Agg',
    NO_COLOR: '1',
    TERM: 'dumb',
    COLUMNS: '200',
    ...(process.env.WANDB_MODE === undefined && { WANDB_MODE: 'disabled' }),
  };
}
