import { Validations } from 'aws-cdk-lib';
import { fileURLToPath } from 'node:url';
import { acknowledgements } from './acknowledgements.ts';
import { bundleLambdas } from './bundle.ts';
import { AcknowledgedChecks } from './checks.ts';
import { deploymentOf } from './config.ts';
import { buildApp } from './doseline-app.ts';

// Run by `npm run synth` (into cdk.out, offline) and by the CDK command (`npx cdk deploy --all`), which sets CDK_OUTDIR and the account.
const { DOSELINE_STAGE = 'dev', DOSELINE_JURISDICTION = 'CTA', CDK_DEFAULT_ACCOUNT, CDK_OUTDIR } = process.env;
const outdir = CDK_OUTDIR ?? fileURLToPath(new URL('../cdk.out', import.meta.url));

// The rule packs and the template validator take longer than all the rest. They always run before a deployment and in the tests.
const checks = CDK_OUTDIR !== undefined;

const deployment = deploymentOf(DOSELINE_STAGE, DOSELINE_JURISDICTION, CDK_DEFAULT_ACCOUNT);
const { app } = buildApp(deployment, await bundleLambdas(`${outdir}/bundles`), { outdir, builtinCloudFormationValidation: checks });
if (checks) Validations.of(app).addPlugins(new AcknowledgedChecks(app, acknowledgements));
app.synth();
