import { createTempTables, inspectSchema, prepareSchema } from '../migrations/schema.js';
import { FOR_UPDATE } from '../operations/locks.js';
import type { Dialect } from './dialect.js';

export const sqlite: Dialect = {
  name: 'sqlite',
  // A write transaction is the only one, so no row needs a lock.
  render: (sql) => (sql.endsWith(FOR_UPDATE) ? null : sql),
  // IMMEDIATE: a write takes the lock before it reads anything.
  begin: { read: 'BEGIN', write: 'BEGIN IMMEDIATE' },
  // Counts the commits of other connections.
  changeSequence: 'PRAGMA data_version',
  schema: { inspect: inspectSchema, prepare: prepareSchema, createTempTables },
};
