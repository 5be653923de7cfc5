import { pageQuery } from '../../shared/contracts/common.ts';
import { problem } from '../../shared/contracts/problem.ts';
import type { Route, RouteResponse } from '../../shared/contracts/route.ts';
import * as s from './schemas.ts';

const faulty: RouteResponse = { description: 'What is wrong, and where', schema: problem };
const lineAnswer: RouteResponse = { description: 'The line; its version is the ETag', schema: s.shipmentLine };
const lines: RouteResponse = { description: 'One page', schema: s.shipmentPage };
const excursionAnswer: RouteResponse = { description: 'The excursion; its version is the ETag', schema: s.excursion };
const excursions: RouteResponse = { description: 'One page', schema: s.excursionPage };
const listed = { 400: faulty, 404: faulty };
const change = { 400: faulty, 404: faulty, 409: faulty, 412: faulty, 428: faulty };

export const routes = [
  {
    id: 'importShipments',
    method: 'POST',
    path: '/shipment-files',
    action: 'shipment.import',
    summary: 'Import shipment lines (CSV as Tiberius writes it); good rows are taken, every fault is named by row and column',
    accepts: 'text/csv',
    responses: { 200: { description: 'What became of the rows', schema: s.importAnswer }, 400: faulty },
  },
  {
    id: 'listShipments',
    method: 'GET',
    path: '/shipments',
    action: 'inventory.jurisdiction',
    summary: 'Shipment lines by whose supply they are and their state',
    query: pageQuery.extend(s.shipmentQuery.shape),
    responses: { 200: lines, 400: faulty },
  },
  {
    id: 'listFederalBalances',
    method: 'GET',
    path: '/shipments/federal',
    action: 'inventory.jurisdiction',
    summary: 'Federal doses by awardee: visible, balanced apart, never state supply',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.federalPage }, 400: faulty },
  },
  {
    id: 'listUnassignedShipments',
    method: 'GET',
    path: '/shipments/unassigned',
    action: 'inventory.jurisdiction',
    summary: 'Lines of the jurisdiction whose site is not known, with the reason',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.unassignedPage }, 400: faulty },
  },
  {
    id: 'assignShipment',
    method: 'POST',
    path: '/shipments/unassigned/{lineId}/assignment',
    action: 'shipment.import',
    summary: 'Say which site a line went to',
    body: s.assignment,
    changes: true,
    responses: { 200: lineAnswer, ...change },
  },
  {
    id: 'listSiteShipments',
    method: 'GET',
    path: '/sites/{siteId}/shipments',
    action: 'shipment.read',
    summary: 'Shipment lines to a site',
    query: pageQuery,
    responses: { 200: lines, ...listed },
  },
  {
    id: 'readShipment',
    method: 'GET',
    path: '/sites/{siteId}/shipments/{lineId}',
    action: 'shipment.read',
    summary: 'Read a shipment line',
    responses: { 200: lineAnswer, 404: faulty },
  },
  {
    id: 'readShipmentHistory',
    method: 'GET',
    path: '/sites/{siteId}/shipments/{lineId}/history',
    action: 'shipment.read',
    summary: 'Who did what to a shipment line, when and why',
    query: pageQuery,
    responses: { 200: { description: 'One page', schema: s.historyPage }, ...listed },
  },
  {
    id: 'receiveShipment',
    method: 'POST',
    path: '/sites/{siteId}/shipments/{lineId}/receipt',
    action: 'shipment.receive',
    summary: 'Count a line at the dock: received, damaged, short, and its temperature',
    body: s.receipt,
    changes: true,
    responses: { 200: lineAnswer, ...change },
  },
  {
    id: 'decideShipment',
    method: 'POST',
    path: '/sites/{siteId}/shipments/{lineId}/decision',
    action: 'excursion.decide',
    summary: 'Release or waste doses that came damaged or out of temperature',
    body: s.decision,
    changes: true,
    responses: { 200: lineAnswer, ...change },
  },
  {
    id: 'reportExcursion',
    method: 'POST',
    path: '/sites/{siteId}/excursions',
    action: 'excursion.report',
    summary: 'Report a temperature excursion; what lies in the unit is quarantined',
    body: s.excursionReport,
    creates: true,
    responses: { 201: excursionAnswer, 200: excursionAnswer, 400: faulty, 404: faulty, 409: faulty, 422: faulty },
  },
  {
    id: 'listSiteExcursions',
    method: 'GET',
    path: '/sites/{siteId}/excursions',
    action: 'shipment.read',
    summary: 'Excursions of a site',
    query: pageQuery,
    responses: { 200: excursions, ...listed },
  },
  {
    id: 'readExcursion',
    method: 'GET',
    path: '/sites/{siteId}/excursions/{excursionId}',
    action: 'shipment.read',
    summary: 'Read an excursion with what it holds',
    responses: { 200: excursionAnswer, 404: faulty },
  },
  {
    id: 'decideExcursion',
    method: 'POST',
    path: '/sites/{siteId}/excursions/{excursionId}/decision',
    action: 'excursion.decide',
    summary: 'Release or waste what an excursion holds',
    body: s.decision,
    changes: true,
    responses: { 200: excursionAnswer, ...change },
  },
  {
    id: 'listExcursions',
    method: 'GET',
    path: '/excursions',
    action: 'inventory.jurisdiction',
    summary: 'Excursions of all sites in a state',
    query: pageQuery.extend(s.excursionQuery.shape),
    responses: { 200: excursions, 400: faulty },
  },
] as const satisfies readonly Route[];
