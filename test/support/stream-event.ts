import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;
const imageOf = (item: object): Image => marshall(item, { removeUndefinedValues: true }) as Image;

/** A batch of a table's stream that tells of new images, as Lambda hands it to a worker. `olds` are what stood there before, in their order. */
export const streamEvent = (images: readonly object[], now = '2021-03-10T15:00:00.000Z', olds: readonly (object | undefined)[] = []): DynamoDBStreamEvent => ({
  Records: images.map((image, index) => ({
    eventID: `event-${index}`,
    eventName: 'MODIFY',
    dynamodb: {
      ApproximateCreationDateTime: Date.parse(now) / 1000,
      SequenceNumber: String(index + 1),
      NewImage: imageOf(image),
      ...(olds[index] === undefined ? {} : { OldImage: imageOf(olds[index]) }),
    },
  })),
});
