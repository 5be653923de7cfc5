import { fileURLToPath } from 'node:url';
import { bundleLambdas } from './bundle.ts';
import { deploymentOf } from './config.ts';
import { buildApp } from './doseline-app.ts';

// Run by `npm run synth` (into cdk.out, offline) and by `npx cdk deploy --all`, which sets CDK_OUTDIR and the account.
const { DOSELINE_STAGE = 'dev', DOSELINE_JURISDICTION = 'CTA', CDK_DEFAULT_ACCOUNT, CDK_OUTDIR } = process.env;
const outdir = CDK_OUTDIR ?? fileURLToPath(new URL('../cdk.out', import.meta.url));

const deployment = deploymentOf(DOSELINE_STAGE, DOSELINE_JURISDICTION, CDK_DEFAULT_ACCOUNT);
const { app } = buildApp(deployment, bundleLambdas(`${outdir}/bundles`), { outdir });
app.synth();
