import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas-quality.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };

/** How well senders report: counts only, nothing of a patient. */
export const qualityRoutes = [
  {
    id: 'readQuality',
    method: 'GET',
    path: '/senders/{senderId}/quality',
    action: 'quality.read',
    summary: 'How well a sender reports, week by week: completeness, timeliness, validity, faults',
    query: s.qualityQuery,
    responses: { 200: { description: 'The measures of each week and of all of them', schema: s.senderQuality }, 400: faulty, 404: faulty },
  },
  {
    id: 'rankSenders',
    method: 'GET',
    path: '/senders',
    action: 'quality.compare',
    summary: 'Everybody who reported in a week, the worst first',
    query: s.weekQuery,
    responses: { 200: { description: 'The senders of the week', schema: s.rankedSenders }, 400: faulty },
  },
] as const satisfies readonly Route[];
