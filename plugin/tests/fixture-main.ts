import { startFixture } from './fixture-api';

void startFixture().then(({ url }) => process.stdout.write(`${JSON.stringify({ url })}\n`));
