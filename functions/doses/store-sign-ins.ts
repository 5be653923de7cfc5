import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { createdId } from '../../shared/kernel/ids.ts';
import { queryPage, type Dynamo, type Key, type Page, type PageRequest } from '../../shared/platform/dynamo.ts';
import {
  mostFailures, refusedSignInsItem, usedCredentialItem, windowEnd, windowOf, type RefusedSignInsItem, type UsedCredentialItem,
} from './domain/soap/sign-ins.ts';

/** Who tries: a user name as it was sent, known or not, and the address it came from. */
export interface Trial {
  readonly username: string;
  readonly source: string;
}

const secondsOf = (instant: string): number => Math.floor(Date.parse(instant) / 1000);
const secondsADay = 86_400;
/** Passwords of an interface over the years; each is replaced within some 400 days. */
const mostCredentials = 50;

const counter = z.object({ failures: z.int() });
/** Name and address are digested together: one counter for each pair, and neither can be read from a key. */
const counterKey = ({ username, source }: Trial, now: string): Key => ({
  pk: `SIGNINFAIL#${createdId('sif', username, source)}`,
  sk: `WINDOW#${windowOf(now)}`,
});
const auditPartition = (interfaceId: string): string => `SIGNINS#${interfaceId}`;

const unlessRefused = async (sent: Promise<unknown>): Promise<void> => {
  await sent.catch((error: unknown) => { if (!(error instanceof ConditionalCheckFailedException)) throw error; });
};

/** Counters of failed sign-ins, which end by themselves, and what is kept of them for the auditor. */
export const makeSignInStore = (dynamo: Dynamo, table: string, auditDays: number) => ({
  /** Whether this name from this address failed so often that it is not looked at until the window ends. */
  async mustWait(trial: Trial, now: string): Promise<boolean> {
    const { Item } = await dynamo.send(new GetCommand({ TableName: table, Key: counterKey(trial, now) }));
    return Item !== undefined && counter.parse(Item).failures >= mostFailures;
  },

  /** Counts a failure. True for the one that reaches the most: it alone is told of. */
  async countFailure(trial: Trial, now: string): Promise<boolean> {
    try {
      const { Attributes } = await dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: counterKey(trial, now),
          UpdateExpression: 'SET #type = :type, #schema = :schema, expiresAt = :expiresAt ADD failures :one',
          ConditionExpression: 'attribute_not_exists(failures) OR failures < :most',
          ExpressionAttributeNames: { '#type': 'type', '#schema': 'schema' },
          ExpressionAttributeValues: {
            ':type': 'sign-in-failures',
            ':schema': 1,
            ':one': 1,
            ':most': mostFailures,
            ':expiresAt': secondsOf(windowEnd(now)) + secondsADay,
          },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return counter.parse(Attributes).failures === mostFailures;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },

  /** Keeps for the auditor that an address has to wait for an interface. The same window and address are one entry. */
  async noteRefusal(interfaceId: string, trial: Trial, now: string): Promise<void> {
    const Item: RefusedSignInsItem = {
      pk: auditPartition(interfaceId),
      sk: `REFUSED#${windowOf(now)}#${counterKey(trial, now).pk}`,
      type: 'sign-ins-refused',
      schema: 1,
      interfaceId,
      at: now,
      source: trial.source,
      until: windowEnd(now),
      expiresAt: secondsOf(now) + auditDays * secondsADay,
    };
    await dynamo.send(new PutCommand({ TableName: table, Item }));
  },

  /** Notes the day on which a password was used; an earlier day changes nothing. */
  noteUse: (interfaceId: string, credentialId: string, lastUsedOn: string): Promise<void> => {
    const Item: UsedCredentialItem = {
      pk: auditPartition(interfaceId),
      sk: `USED#${credentialId}`,
      type: 'credential-used',
      schema: 1,
      interfaceId,
      credentialId,
      lastUsedOn,
    };
    return unlessRefused(
      dynamo.send(
        new PutCommand({
          TableName: table,
          Item,
          ConditionExpression: 'attribute_not_exists(pk) OR lastUsedOn < :day',
          ExpressionAttributeValues: { ':day': lastUsedOn },
        }),
      ),
    );
  },

  refusals: (interfaceId: string, page: PageRequest): Promise<Page<RefusedSignInsItem>> =>
    queryPage(dynamo, { table, pk: auditPartition(interfaceId), sk: { beginsWith: 'REFUSED#' }, newestFirst: true }, refusedSignInsItem, page),
  uses: async (interfaceId: string): Promise<UsedCredentialItem[]> =>
    (await queryPage(dynamo, { table, pk: auditPartition(interfaceId), sk: { beginsWith: 'USED#' } }, usedCredentialItem, { limit: mostCredentials }))
      .items,
});
export type SignInStore = ReturnType<typeof makeSignInStore>;
