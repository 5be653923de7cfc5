import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const posted: RouteResponse = { description: 'The movement’s key and the account as it is now', schema: s.movementAnswer };
const transfer: RouteResponse = { description: 'The transfer; its version is the ETag', schema: s.transfer };
const posting = { 400: faulty, 404: faulty, 409: faulty, 422: faulty };

export const routes = [
  {
    id: 'listAccounts',
    method: 'GET',
    path: '/sites/{siteId}/inventory',
    action: 'inventory.read',
    summary: 'What the site has, by product, lot and funding source',
    query: pageQuery,
    responses: { 200: { description: 'One page of accounts with their balances', schema: s.accountPage }, 404: faulty },
  },
  {
    id: 'listEntries',
    method: 'GET',
    path: '/sites/{siteId}/inventory/entries',
    action: 'inventory.read',
    summary: 'Every movement of an account, oldest business key first (doses given are listed with the doses)',
    query: s.entryQuery,
    responses: { 200: { description: 'One page of entries', schema: s.entryPage }, 400: faulty, 404: faulty },
  },
  {
    id: 'postMovement',
    method: 'POST',
    path: '/sites/{siteId}/movements',
    action: 'inventory.write',
    summary: 'Waste, expire, return, lose, relocate or adjust doses',
    body: s.siteMovement,
    creates: true,
    responses: { 201: posted, 200: posted, ...posting },
  },
  {
    id: 'reverseEntry',
    method: 'POST',
    path: '/sites/{siteId}/reversals',
    action: 'inventory.write',
    summary: 'Undo a movement that was a mistake, whole and once',
    body: s.reversalForm,
    responses: { 200: posted, ...posting },
  },
  {
    id: 'sendTransfer',
    method: 'POST',
    path: '/sites/{siteId}/transfers',
    action: 'inventory.write',
    summary: 'Send doses to another active site',
    body: s.transferForm,
    creates: true,
    responses: { 201: transfer, 200: transfer, ...posting },
  },
  {
    id: 'listTransfers',
    method: 'GET',
    path: '/sites/{siteId}/transfers',
    action: 'inventory.read',
    summary: 'Transfers to this site',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.transferPage }, 404: faulty },
  },
  {
    id: 'receiveTransfer',
    method: 'POST',
    path: '/sites/{siteId}/transfers/{transferId}/receipt',
    action: 'inventory.write',
    summary: 'Count a transfer that arrived',
    body: s.receiptForm,
    changes: true,
    responses: { 200: transfer, 412: faulty, 428: faulty, ...posting },
  },
  {
    id: 'orderTransfer',
    method: 'POST',
    path: '/transfers',
    action: 'inventory.transfer-any',
    summary: 'Transfer doses between any two sites (DPH)',
    body: s.transferAnyForm,
    creates: true,
    responses: { 201: transfer, 200: transfer, ...posting },
  },
  {
    id: 'listBalances',
    method: 'GET',
    path: '/inventory/balances',
    action: 'inventory.jurisdiction',
    summary: 'Balances of a day, of the jurisdiction and of each site, as last reconciled',
    query: s.balanceQuery,
    responses: { 200: { description: 'The jurisdiction first, then the sites', schema: s.balancePage }, 400: faulty },
  },
  {
    id: 'listFindings',
    method: 'GET',
    path: '/inventory/findings',
    action: 'inventory.jurisdiction',
    summary: 'Accounts of a day that do not agree with their entries',
    query: s.balanceQuery,
    responses: { 200: { description: 'One page of findings; empty is good', schema: s.findingPage }, 400: faulty },
  },
] as const satisfies readonly Route[];
