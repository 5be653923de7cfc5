import { productOf, vialDosesOn } from '../../shared/codes/products.ts';
import type { AccountFacts, AccountRef } from '../../shared/ledger/account.ts';
import type { PostOutcome } from '../../shared/ledger/post-movements.ts';
import type { TransactItem } from '../../shared/platform/dynamo.ts';
import { shipmentLineKey, type ShipmentLineItem } from '../../shared/published/shipment-line.ts';
import type { Holder } from './domain/holder.ts';
import type { LineFacts } from './schemas.ts';
import { byState, type ShipmentsStore } from './store.ts';

export interface Act {
  actor: string;
  now: string;
}

/** The account that holds a line's doses. What Tiberius lists is the federal COVID-19 programme's, whoever receives it. */
export const accountOf = ({ holderId, ndc, lot }: Pick<ShipmentLineItem, 'holderId' | 'ndc' | 'lot'>): AccountRef => ({
  siteId: holderId,
  ndc,
  lot,
  funding: 'covid',
});

/** What a line tells of its lot: how it is written, its expiry, and doses a vial, counted and on the label, on the day it left. */
export const lotFacts = ({
  ndc,
  lot,
  expiresOn,
  shippedOn,
  importedAt,
}: Pick<LineFacts, 'ndc' | 'lot' | 'expiresOn' | 'shippedOn' | 'importedAt'>): AccountFacts => {
  const product = productOf(ndc);
  const vial = product === undefined ? undefined : vialDosesOn(product, shippedOn ?? importedAt.slice(0, 10));
  return {
    lotText: lot,
    ...(expiresOn === undefined ? {} : { expiresOn }),
    ...(vial === undefined ? {} : { vial: { label: vial.label, counted: vial.accounting } }),
  };
};

/** A line as it is at first, with its holder. */
export const newLine = (facts: LineFacts, holder: Extract<Holder, { kind: 'held' }>): ShipmentLineItem => {
  const state = facts.shippedOn === undefined ? 'announced' : 'in-transit';
  return {
    ...facts,
    ...shipmentLineKey(holder.holderId, facts.lineId),
    ...byState(holder.supply, state, facts.shippedOn, facts.lineId),
    type: 'shipment-line',
    schema: 1,
    version: 1,
    holderId: holder.holderId,
    ...(holder.siteId === undefined ? {} : { siteId: holder.siteId }),
    supply: holder.supply,
    state,
  };
};

/** Books a new line: its doses shipped to its account, the line, its history and its business key, in one transaction. */
export const bookLine = (
  store: ShipmentsStore,
  line: ShipmentLineItem,
  key: TransactItem,
  { actor, now }: Act,
  action: 'import' | 'assign' = 'import',
): Promise<PostOutcome> =>
  store.post(
    [{ ref: accountOf(line), movement: { kind: 'ship', key: `ship:${line.lineId}`, doses: line.doses }, facts: lotFacts(line) }],
    { at: now, actor },
    [key, store.create(line), store.entry(line, { at: now, actor, action, to: line.state, reason: line.fileId, version: 1 })],
  );
