import { z } from 'zod';

/** What S3 tells the uploads queue of new objects; only the keys matter. Its test event has no records. */
const objectCreated = z.object({ Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })) });
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });
/** A file that one run could not finish: go on with it. */
const goOn = z.object({ goOnWith: z.string() });

/** A message of the uploads queue, as the keys of the files it names. S3 writes keys as in a URL, blanks as `+`. */
export const uploadMessage = z.union([
  objectCreated.transform(({ Records }) => Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')))),
  goOn.transform(({ goOnWith }) => [goOnWith]),
  testEvent.transform((): string[] => []),
]);
export type GoOn = z.input<typeof goOn>;
