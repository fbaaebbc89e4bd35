import * as z from 'zod';
import { withMicroSign } from '../core/metric-name.js';
import { spendingFault } from './spending.js';

/** `budget` of a sweep file: `{ steps: 5000 }`, `{ hours: 8 }`, `{ metric: cost_usd, max: 20 }`, or several of them. */
export const spendingSchema = z
  .strictObject({
    steps: z.int().min(1).optional().describe('Distinct steps of all trials together'),
    hours: z.number().positive().optional().describe('Hours of one slot, over all attempts'),
    metric: z
      .string()
      .min(1)
      .overwrite(withMicroSign)
      .optional()
      .describe('A metric whose last values add up over the trials'),
    max: z.number().positive().optional().describe('The most that the metric may add up to'),
  })
  .superRefine((given, context) => {
    const fault = spendingFault(given);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });
