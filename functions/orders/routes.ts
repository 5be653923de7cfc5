import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const orderAnswer: RouteResponse = { description: 'The order; its version is the ETag', schema: s.order };
const fileAnswer: RouteResponse = { description: 'The order file: what it holds and what it passed over', schema: s.orderFile };
const orders: RouteResponse = { description: 'One page', schema: s.orderPage };
const change = { 400: faulty, 404: faulty, 409: faulty, 412: faulty, 428: faulty };

export const routes = [
  {
    id: 'placeOrder',
    method: 'POST',
    path: '/sites/{siteId}/orders',
    action: 'order.place',
    summary: 'Order against an accepted award, or on demand for the childhood programme',
    body: s.placement,
    creates: true,
    responses: { 201: orderAnswer, 200: orderAnswer, 400: faulty, 404: faulty, 409: faulty, 422: faulty },
  },
  {
    id: 'listSiteOrders',
    method: 'GET',
    path: '/sites/{siteId}/orders',
    action: 'order.read',
    summary: 'Orders of a site',
    query: pageQuery,
    responses: { 200: orders, 400: faulty, 404: faulty },
  },
  {
    id: 'readOrder',
    method: 'GET',
    path: '/sites/{siteId}/orders/{orderId}',
    action: 'order.read',
    summary: 'Read an order with what was shipped and received',
    responses: { 200: orderAnswer, 404: faulty },
  },
  {
    id: 'readOrderHistory',
    method: 'GET',
    path: '/sites/{siteId}/orders/{orderId}/history',
    action: 'order.read',
    summary: 'Who did what to an order, when and why',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.historyPage }, 400: faulty, 404: faulty },
  },
  {
    id: 'decideOrder',
    method: 'POST',
    path: '/sites/{siteId}/orders/{orderId}/approval',
    action: 'order.approve',
    summary: 'Approve, return or cancel an order before it is sent',
    body: s.approval,
    changes: true,
    responses: { 200: orderAnswer, ...change },
  },
  {
    id: 'listOrders',
    method: 'GET',
    path: '/orders',
    action: 'order.queue',
    summary: 'Orders of all sites in a state',
    query: pageQuery.extend(s.queueQuery.shape),
    responses: { 200: orders, 400: faulty },
  },
  {
    id: 'buildOrderFile',
    method: 'POST',
    path: '/order-files',
    action: 'order.submit',
    summary: 'Put approved orders into a VTrckS order file; each goes into exactly one',
    body: s.orderFileRequest,
    creates: true,
    responses: { 201: fileAnswer, 200: fileAnswer, 400: faulty, 409: faulty, 422: faulty },
  },
  {
    id: 'readOrderFile',
    method: 'GET',
    path: '/order-files/{fileId}',
    action: 'order.queue',
    summary: 'The order file as CSV',
    responses: { 200: { description: 'The file', mediaType: 'text/csv' }, 404: faulty, 409: faulty },
  },
  {
    id: 'takeOrderResponses',
    method: 'POST',
    path: '/order-responses',
    action: 'order.submit',
    summary: "Take the supplier's answers (CSV); good rows are taken, every fault is named by row and column",
    accepts: 'text/csv',
    responses: { 200: { description: 'What became of the rows', schema: s.responsesAnswer }, 400: faulty },
  },
] as const satisfies readonly Route[];
