import { z } from 'zod';

export type UploadJob =
  | { readonly job: 'read'; readonly key: string }
  /** Put the answers of a file together; `tries` that found some missing. `again`: a part in which an answer has come late. */
  | { readonly job: 'gather'; readonly key: string; readonly tries: number; readonly again?: number };

/** What S3 tells the uploads queue of new objects; only the keys matter. Its test event has no records. */
const objectCreated = z.object({ Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })) });
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });
/** A file that one run could not finish: go on with it. */
const goOn = z.object({ goOnWith: z.string() });
const gather = z.object({ gatherFor: z.string(), tries: z.int().min(0), again: z.int().min(1).optional() });

/** A message of the uploads queue, as what is to be done. S3 writes keys as in a URL, blanks as `+`. */
export const uploadMessage = z.union([
  objectCreated.transform(({ Records }) =>
    Records.map(({ s3 }): UploadJob => ({ job: 'read', key: decodeURIComponent(s3.object.key.replaceAll('+', ' ')) })),
  ),
  goOn.transform(({ goOnWith }): UploadJob[] => [{ job: 'read', key: goOnWith }]),
  gather.transform(({ gatherFor, tries, again }): UploadJob[] => [
    { job: 'gather', key: gatherFor, tries, ...(again === undefined ? {} : { again }) },
  ]),
  testEvent.transform((): UploadJob[] => []),
]);
export type GoOn = z.input<typeof goOn>;
export type Gather = z.input<typeof gather>;
