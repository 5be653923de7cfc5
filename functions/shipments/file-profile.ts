import { z } from 'zod';
import { normaliseNdc } from '../../shared/codes/ndc.ts';
import { productOf, UNKNOWN_EXPIRY } from '../../shared/codes/products.ts';
import { column, optionalColumn, type RowOf } from '../../shared/contracts/table-columns.ts';
import { isDay } from '../../shared/kernel/dates.ts';
import { maxDosesPerMovement } from '../../shared/kernel/limits.ts';
import { lotKey } from '../../shared/ledger/account.ts';
import { federalHolderId } from '../../shared/published/shipment-line.ts';

const text = (max: number): z.ZodString => z.string().min(1, 'must not be empty').max(max, `must have at most ${max} characters`);

/** `2021-03-31 00:00:00.000` or `2021-03-31`. */
const timestampDay = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}([ T][0-9:.Z]+)?$/, 'must start with a day written YYYY-MM-DD')
  .transform((written) => written.slice(0, 10))
  .refine(isDay, 'must be a real day, written YYYY-MM-DD');

/** Files write 2069-12-31 where the expiry is not known: it is never a real date. */
const expiry = timestampDay.transform((day) => (day === UNKNOWN_EXPIRY ? undefined : day));

const shippedDoses = z
  .string()
  .regex(/^\d{1,7}(\.0+)?$/, 'must be whole doses, such as 100.000')
  .transform(Number)
  .refine((doses) => doses >= 1 && doses <= maxDosesPerMovement, `must be from 1 to ${maxDosesPerMovement} doses`);

const covidCarton = z.string().transform((written, context) => {
  const product = productOf(written);
  if (product !== undefined) return { saleNdc: normaliseNdc(written) ?? written, ndc: product.useNdc };
  context.addIssue({ code: 'custom', message: "must be the NDC (5-4-2) of a COVID-19 vaccine in CDC's crosswalk" });
  return z.NEVER;
});

const orderNumberPattern = /^[A-Za-z0-9]{1,20}$/;

/**
 * Lines as Tiberius and VTrckS write them (reference: ordering, section 3). Columns that are not named here are ignored. VTRCKS_PIN and
 * SITE_ID are ours: staff add them where a name alone does not tell the site.
 */
export const shipmentProfile = {
  name: column('PROVIDER_NAME', text(255)),
  city: column('CITY_SHP', text(255)),
  state: column('STATE_SHP', z.string().regex(/^[A-Z]{2}$/, 'must be a state of two capital letters')),
  zip: column(
    'ZIPCODE_SHP',
    z
      .string()
      .regex(/^\d{5}(-?\d{4})?$/, 'must be a zip code of 5 digits, with its leading zero')
      .transform((zip) => zip.slice(0, 5)),
  ),
  awardee: column(
    'AWARDEE',
    text(50).refine((awardee) => federalHolderId(awardee) !== federalHolderId(''), 'must be the name of an awardee'),
  ),
  product: column('NDC', covidCarton),
  lot: column(
    'LOT_NUMBER',
    text(40).refine((lot) => lotKey(lot) !== '', 'must have letters or digits'),
  ),
  expiresOn: optionalColumn('LOT_EXPIRATION_DATE', expiry),
  shippedOn: optionalColumn('ORDER_SHIPPED_DATE', timestampDay),
  doses: column('DOSES_SHIPPED', shippedDoses),
  orderNumber: column('ORDER_NUMBER', z.string().regex(orderNumberPattern, 'must be an order number of 1 to 20 letters and digits')),
  orderLineNumber: column(
    'ORDER_LINE_NUMBER',
    z
      .string()
      .regex(/^\d{1,6}$/, 'must be an order line number of 1 to 6 digits, such as 000010')
      .transform((digits) => digits.padStart(6, '0')),
  ),
  pin: optionalColumn('VTRCKS_PIN', z.string().regex(/^([A-Z]{3})?\d{6}$/, "must be six digits, with or without the awardee's three letters")),
  siteId: optionalColumn('SITE_ID', text(64)),
};
export type ShipmentRow = RowOf<typeof shipmentProfile>;

/** The business key of a line: the same order line and lot in any later file is the same line. */
export const lineIdOf = ({ orderNumber, orderLineNumber, lot }: Pick<ShipmentRow, 'orderNumber' | 'orderLineNumber' | 'lot'>): string =>
  `${orderNumber}-${orderLineNumber}-${lotKey(lot)}`;
