// Who may import whom (ARCHITECTURE.md, "Dependency rule"). test/infra/static.test.ts plants one violation of each rule.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(functions|shared|infra|local|cli|bench|test)/', pathNot: allowed },
});
const sdk = '^node_modules/(@aws-sdk|@smithy)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only('kernel-imports-nothing', '^shared/kernel/', '^shared/kernel/', 'The kernel is the ground everything stands on.'),
    only('codes-are-facts', '^shared/codes/', '^shared/(codes|kernel)/', 'Code sets are typed tables.'),
    only('contracts-are-schemas', '^shared/contracts/', '^shared/(contracts|kernel|codes)/', 'Contracts are what both ends of a wire agree on.'),
    only('published-are-schemas', '^shared/published/', '^shared/(published|contracts|kernel|codes)/', 'Published items are keys and schemas.'),
    only('hl7-is-pure', '^shared/hl7/', '^shared/(hl7|kernel|codes)/', 'The HL7 reader and writer know no other room.'),
    only('ledger-is-pure', '^shared/ledger/', '^shared/(ledger|kernel|codes|contracts)/', 'The ledger decides and builds items; it sends nothing.'),
    only('platform-knows-no-context', '^shared/platform/', '^shared/(platform|kernel|contracts|published)/', 'The platform serves every context alike.'),
    only('domain-is-pure', '^functions/[^/]+/domain/', '^(shared/(kernel|codes|contracts|published|ledger|hl7)/|functions/[^/]+/domain/)', 'Rules know no AWS, no store and no edge.'),
    only('routes-run-nothing', '^functions/[^/]+/(routes|schemas)[^/]*\\.ts$', '^(shared/(kernel|codes|contracts|published|ledger|hl7)/|functions/[^/]+/(domain/|schemas[^/]*\\.ts$|routes[^/]*\\.ts$))', 'Routes are data: the CDK app and the OpenAPI document read them.'),
    {
      name: 'contexts-do-not-meet',
      comment: 'They meet in a contract, a published item, a queue or a stream.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/', pathNot: '^functions/$1/' },
    },
    {
      name: 'functions-stay-home',
      comment: 'Product code knows nothing of how it is deployed, run or tested.',
      severity: 'error',
      from: { path: '^(functions|shared)/' },
      to: { path: '^(infra|local|cli|bench|test)/' },
    },
    {
      name: 'sdk-at-the-edge',
      comment: 'The AWS SDK only in stores, composition roots and the platform; types may be named anywhere.',
      severity: 'error',
      from: { path: '^(functions|shared|cli)/', pathNot: '^(shared/platform/|functions/[^/]+/(deps|store)[^/]*\\.ts$)' },
      to: { path: sdk, dependencyTypesNot: ['type-only'] },
    },
    only('infra-reads-routes', '^infra/', '^(infra/|functions/[^/]+/routes\\.ts$|shared/(contracts|kernel|codes)/)', 'The CDK app names Lambdas by path and reads route lists.'),
    only('local-reads-the-template', '^local/', '^(local/|shared/(platform|kernel|contracts)/)', 'The local run knows what the template says, never a context.'),
    only('cli-uses-the-api', '^cli/', '^(cli/|local/|infra/|shared/|functions/[^/]+/domain/)', 'Commands use the HTTP API and pure rules, never a store.'),
    {
      name: 'nothing-imports-tests',
      comment: 'Tests and benchmarks may import anything; nothing imports them.',
      severity: 'error',
      from: { path: '^(functions|shared|infra|local|cli|bin)/' },
      to: { path: '^(test|bench)/' },
    },
    { name: 'no-circle', comment: 'A circle has no ground floor.', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^cdk\\.out|^\\.doseline|^docs)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
