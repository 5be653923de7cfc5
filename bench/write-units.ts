/** Write units as AWS bills them, from the sizes of items: the emulator's own figure counts per table and makes extra items look free. */
const bytesPerUnit = 1024;

const textBytes = (text: string): number => Buffer.byteLength(text);

/** Size of a value: texts in UTF-8, numbers two digits a byte and one more, lists and maps three bytes and one for each element. */
const valueBytes = (value: unknown): number => {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).replace(/^0\.|\.|^0+/, '').length / 2) + 1 + (value < 0 ? 1 : 0);
  if (typeof value === 'boolean' || value === null) return 1;
  if (Array.isArray(value)) return 3 + value.reduce((sum: number, element) => sum + 1 + valueBytes(element), 0);
  if (typeof value === 'object')
    return 3 + Object.entries(value).reduce((sum, [name, element]) => sum + 1 + textBytes(name) + valueBytes(element), 0);
  return 0;
};

export const itemBytes = (item: Record<string, unknown>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + (value === undefined ? 0 : textBytes(name) + valueBytes(value)), 0);

const started = (bytes: number): number => Math.max(1, Math.ceil(bytes / bytesPerUnit));
/** An item of a transaction is prepared and committed: two units for each started KB. */
export const transactedUnits = (item: Record<string, unknown>): number => 2 * started(itemBytes(item));
export const plainUnits = (item: Record<string, unknown>): number => started(itemBytes(item));
