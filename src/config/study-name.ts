import * as z from 'zod';

/** A study's name is part of file names: no separators, no leading dot. */
export const studyNameSchema = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'expected a name of letters, digits, ".", "_" and "-" that begins with a letter or digit',
  );
