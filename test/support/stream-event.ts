import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

/** A batch of a table's stream that tells of new images, as Lambda hands it to a worker. */
export const streamEvent = (images: readonly object[], now = '2021-03-10T15:00:00.000Z'): DynamoDBStreamEvent => ({
  Records: images.map((image, index) => ({
    eventID: `event-${index}`,
    eventName: 'MODIFY',
    dynamodb: {
      ApproximateCreationDateTime: Date.parse(now) / 1000,
      SequenceNumber: String(index + 1),
      NewImage: marshall(image, { removeUndefinedValues: true }) as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>,
    },
  })),
});
