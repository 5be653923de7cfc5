import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
  type GlobalSecondaryIndexPropsV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { TableSpec } from '../contexts.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

const indexOf = (name: string, holds: 'all' | readonly string[]): GlobalSecondaryIndexPropsV2 => {
  const keys = { indexName: name, partitionKey: text(`${name}pk`), sortKey: text(`${name}sk`) };
  if (holds === 'all') return { ...keys, projectionType: ProjectionType.ALL };
  if (holds.length === 0) return { ...keys, projectionType: ProjectionType.KEYS_ONLY };
  return { ...keys, projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...holds] };
};

export interface DomainTableProps {
  readonly spec: TableSpec;
  readonly encryptionKey: IKey;
}

/** The table of one context: on demand, restorable to any second of 35 days, under our own key, never deleted with its stack. */
export class DomainTable extends TableV2 {
  constructor(scope: Construct, id: string, { spec, encryptionKey }: DomainTableProps) {
    super(scope, id, {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      globalSecondaryIndexes: Object.entries(spec.indexes).map(([name, holds]) => indexOf(name, holds)),
      timeToLiveAttribute: 'expiresAt',
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(encryptionKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(spec.stream ? { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES } : {}),
    });
  }
}
