/** How often a failed trial is tried again (`times`), and how long it waits before each further attempt. */
export type Retries = {
  readonly times: number;
  readonly delayMs?: number;
  readonly factor?: number;
  readonly maxDelayMs?: number;
};
