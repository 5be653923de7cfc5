import { reject, type Handlers } from '../../shared/platform/http.ts';
import type { ReportDoseFile } from './csv/report-dose-file.ts';
import { answerFile } from './domain/csv/write-answer.ts';
import type { MemberItem } from '../../shared/published/member.ts';
import type { Sender } from './domain/sender.ts';
import type { fileRoutes } from './routes-files.ts';

const countsOf = (rows: readonly { status: string }[]): Record<string, number> =>
  rows.reduce<Record<string, number>>((counts, { status }) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }), {});

/** The handlers of files of doses. */
export const fileHandlers = (
  useCases: () => Promise<{ readonly reportDoseFile: ReportDoseFile }>, findSender: (member: MemberItem | undefined) => Promise<Sender | undefined>,
): Handlers<typeof fileRoutes> => ({
  reportDoseFile: async ({ params, body, principal, now, headers }) => {
    const { reportDoseFile } = await useCases();
    const senderId = (await findSender(principal.member))?.senderId ?? principal.subject;
    const outcome = await reportDoseFile(params.siteId, body, { actor: principal.subject, senderId, now });
    switch (outcome.kind) {
      case 'not-found':
        return reject(404, 'not-found');
      case 'not-a-file':
        return reject(400, 'invalid-request', 'The file cannot be read; nothing was stored.', outcome.faults);
      case 'reported': {
        const { messageId, rows, remarks } = outcome;
        if (/text\/csv/i.test(headers['accept'] ?? ''))
          return { status: 200, body: answerFile(rows, remarks), headers: { 'content-type': 'text/csv; charset=utf-8' } };
        return { status: 200, body: { messageId, counts: countsOf(rows), remarks, items: rows } };
      }
    }
  },
});
