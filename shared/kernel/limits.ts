/** Limits that more than one room must agree on. Each has its reason; a limit of one room stands in that room. */

/** API Gateway takes 10 MB and Lambda 6 MB; base64 and the event's envelope need room, so larger bodies go by presigned upload. */
export const maxBodyBytes = 5_000_000;

/** A page of a list: large enough for one screen, small enough to stay within one DynamoDB page of 1 MB. */
export const defaultPageSize = 50;
export const maxPageSize = 200;

/** DynamoDB takes at most 100 items in a transaction. */
export const maxTransactionItems = 100;

/** A use case that lost a race reads again and decides again at most this often; then the caller is told to try later. */
export const maxDecisionAttempts = 5;

/** The largest number of doses one movement may name: guards against a typing slip, far above any real shipment line. */
export const maxDosesPerMovement = 1_000_000;
