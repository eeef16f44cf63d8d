// openid-client as a relying party: every flow it knows by every way to authenticate: with a secret, with assertions
// by secret and by key (RFC 7523), and with a certificate (RFC 8705) whose tokens are bound to it.
import * as client from 'openid-client';
import { changeWorkspace, check, equal, plain } from '../demo.mjs';
import { Receiver } from '../receiver.mjs';
import { allowEverything, register, WAYS } from '../ways.mjs';
import { hybrid, signedAndPushed, wholeLife } from './code.mjs';
import { configuration } from './configuration.mjs';
import { device, exchange, jwtBearer, password, ping, poll } from './elsewhere.mjs';
import { advanced, messageSigning, security } from './fapi.mjs';
import { logOut } from './logout.mjs';
import { encrypted, implicit, registerThemselves } from './registration.mjs';

async function everyFlow(way, receiver) {
  const member = await register(way, { name: 'openid-client' });
  await wholeLife(member);
  await signedAndPushed(member);
  await hybrid(member);
  await exchange(member);
  await jwtBearer(member);
  await password(member);
  await device(member);
  await poll(member);
  await ping(way, receiver);
  await logOut(way, receiver);
  if (member.mtls) await withoutTheCertificate(member);
}

async function withoutTheCertificate(member) {
  const config = await configuration(member, {}, plain);
  const aliases = config.serverMetadata().mtls_endpoint_aliases ?? {};
  for (const endpoint of ['token', 'introspection', 'revocation', 'userinfo']) {
    check(`discovery has the mTLS alias of ${endpoint}`, `${endpoint}_endpoint` in aliases, aliases);
  }
  const refusal = await client.clientCredentialsGrant(config).catch(error => error);
  equal(`${member.way}: without the certificate the client is refused`, refusal.status, 401);
  equal(`${member.way}: and told so`, refusal.error, 'invalid_client');
}

await changeWorkspace(allowEverything);
const receiver = await Receiver.start();
// Side by side, for some of the flows wait.
await Promise.all([
  ...WAYS.map(way => everyFlow(way, receiver)),
  security(),
  messageSigning(),
  advanced(),
  registerThemselves(),
  implicit(),
  ...WAYS.map(encrypted),
]);
receiver.end();
