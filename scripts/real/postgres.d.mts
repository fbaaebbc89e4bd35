export type RealPostgres = {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  readonly url: string;
  readonly tcp: string;
  readonly rootCertificate: string;
};
export function postgresPrograms(): string | null;
export function startPostgres(
  folder: string,
  options?: { readonly durable?: boolean },
): Promise<RealPostgres>;
export function removePostgres(folder: string): Promise<void>;
export function pgCtl(
  folder: string,
  command: 'start' | 'stop' | 'restart',
  ...options: readonly string[]
): Promise<void>;
