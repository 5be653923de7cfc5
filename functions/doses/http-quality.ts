import { reject, type Handlers } from '../../shared/platform/http.ts';
import { actsForJurisdiction } from '../../shared/platform/principal.ts';
import type { RankSenders, ReadQuality } from './quality/read-quality.ts';
import type { qualityRoutes } from './routes-quality.ts';

/** Routes about how well senders report. */
export const qualityHandlers = ({
  readQuality,
  rankSenders,
}: {
  readQuality: ReadQuality;
  rankSenders: RankSenders;
}): Handlers<typeof qualityRoutes> => ({
  readQuality: async ({ params, query, principal, now }) => {
    const isTenant = !actsForJurisdiction(principal, 'quality.read');
    const outcome = await readQuality(params.senderId, { subject: principal.subject, member: principal.member, isTenant }, query, now);
    return outcome.kind === 'not-found' ? reject(404, 'not-found') : { status: 200, body: outcome.quality };
  },
  rankSenders: async ({ query, now }) => ({ status: 200, body: await rankSenders(query.day, now) }),
});
