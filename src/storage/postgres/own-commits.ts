/** Whether the bound transaction wrote a row, as nobody has written it since. */
export function wroteRow(alias: string): string {
  return `${alias}.xmin = CAST(CAST(? AS xid8) AS xid)`;
}
