import { z } from 'zod';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };

const fileAnswer = z.object({
  messageId: z.string(),
  /** Rows by what became of them. */
  counts: z.record(z.string(), z.int()),
  remarks: z.array(z.string()),
  items: z.array(z.object({
    /** As a spreadsheet shows it: the header is row 1. */
    row: z.int(),
    status: z.enum(['recorded', 'corrected', 'deleted', 'unchanged', 'rejected', 'try-again']),
    doseId: z.string().optional(),
    remarks: z.array(z.object({ column: z.string(), message: z.string(), severity: z.enum(['E', 'W', 'I']), rule: z.string().optional() })),
  })),
}).meta({ id: 'DoseFileAnswer' });

/** Files of doses, for sites without an EHR (docs/dose-files.md). */
export const fileRoutes = [
  {
    id: 'reportDoseFile',
    method: 'POST',
    path: '/sites/{siteId}/dose-files',
    action: 'dose.report',
    summary: 'Report doses of a site as a CSV file of at most 500 rows; ask for text/csv to be answered in CSV',
    accepts: 'text/csv',
    responses: { 200: { description: 'What became of each row', schema: z.union([fileAnswer, z.string()]) }, 400: faulty, 404: faulty, 413: faulty },
  },
] as const satisfies readonly Route[];
