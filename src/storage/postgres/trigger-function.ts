/**
 * Returns a function of a trigger. It has the rights and the schema of hpo's role, since a worker of Optuna may have another
 * role, without any on hpo's tables.
 */
export function triggerFunction(name: string, body: string): string {
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN ${body} END $$`;
}
