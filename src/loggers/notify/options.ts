/** What people may be notified of. */
export type Notified = 'finished' | 'failed' | 'improved' | 'trial-finished';

/** The section `logging.webhook` of a sweep file. */
export type WebhookOptions = {
  readonly enabled: boolean;
  /** Null: HPO_WEBHOOK_URL. Here and in headers, `${envvar:NAME}` is a variable of the environment. */
  readonly url: string | null;
  readonly on: readonly Notified[];
  readonly headers: Readonly<Record<string, string>>;
  /** Templates of the fields of the body; null: the notification itself. */
  readonly body: Readonly<Record<string, string>> | null;
};

/** The section `logging.command` of a sweep file. */
export type CommandOptions = {
  readonly enabled: boolean;
  /** The program and its arguments; no shell reads them. */
  readonly run: readonly string[];
  readonly on: readonly Notified[];
};
