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
  options?: {
    readonly durable?: boolean;
    readonly listen?: string;
    readonly within?: readonly string[];
  },
): Promise<RealPostgres>;
export function startStandby(
  primary: RealPostgres,
  folder: string,
): Promise<{ readonly folder: string; readonly port: number }>;
export function removePostgres(folder: string): Promise<void>;
export function pgCtl(
  folder: string,
  command: 'start' | 'stop' | 'promote',
  options?: { readonly options?: readonly string[]; readonly within?: readonly string[] },
): Promise<void>;
