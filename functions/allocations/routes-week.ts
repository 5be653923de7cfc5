import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas.ts';
import { debtPage, debtQuery, settledWeek, siteDebts, vialsToSend } from './schemas-week.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const supply: RouteResponse = { description: 'The supply line; its version is the ETag', schema: s.supply };
const request: RouteResponse = { description: 'The request; its version is the ETag', schema: s.request };

/** Single things of a week by their ids, and what rounding owes once it is settled. */
export const weekRoutes = [
  {
    id: 'readSupply',
    method: 'GET',
    path: '/supply/{supplyId}',
    action: 'supply.read',
    summary: 'One supply line',
    responses: { 200: supply, 404: faulty },
  },
  {
    id: 'readRequest',
    method: 'GET',
    path: '/sites/{siteId}/requests/{week}/{ndc}/{doseNumber}',
    action: 'request.read',
    summary: 'One request of a site',
    responses: { 200: request, 404: faulty },
  },
  {
    id: 'readSettlement',
    method: 'GET',
    path: '/settlements/{week}',
    action: 'run.read',
    summary: 'With which run a week was settled',
    responses: { 200: { description: 'The settlement', schema: settledWeek }, 404: faulty },
  },
  {
    id: 'listDebts',
    method: 'GET',
    path: '/settlements/{week}/debts',
    action: 'run.read',
    summary:
      'The debt book of a settled week: what rounding owes each site and pool (above nought), or is counted against it; of one site with siteId',
    query: pageQuery.extend(debtQuery),
    responses: { 200: { description: 'One page, of up to 500 rows whatever the limit', schema: debtPage }, 400: faulty, 404: faulty },
  },
  {
    id: 'listVialsToSend',
    method: 'GET',
    path: '/sites/{siteId}/allocations/{week}/vials-to-send',
    action: 'award.read',
    summary: 'What a hub has to send other sites of a week by transfer, out of packs it took for them, and what of it was sent',
    responses: {
      200: { description: 'One row an award that comes out of its packs; empty for who is no hub', schema: vialsToSend },
      400: faulty,
      404: faulty,
    },
  },
  {
    id: 'listSiteDebts',
    method: 'GET',
    path: '/sites/{siteId}/debts',
    action: 'award.read',
    summary: 'What rounding owes a site since the week that was settled last, whether it asks for something or not',
    responses: { 200: { description: 'Its debts, all of them', schema: siteDebts }, 404: faulty },
  },
] as const satisfies readonly Route[];
