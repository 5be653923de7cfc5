/** Something the caller can mend; the message says what to do. */
export class UsageError extends Error {
  override name = 'UsageError';
}
