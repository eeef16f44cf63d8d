// FAPI: each way to authenticate that the profiles allow, with tokens bound to a DPoP key and to a certificate.
import * as client from 'openid-client';
import { Browser, check, claims, createWorkspace, equal, flow } from '../demo.mjs';
import { CALLBACK, register } from '../ways.mjs';
import { request } from './code.mjs';
import { configuration, newDPoP } from './configuration.mjs';

const WAYS = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'];
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];

/** FAPI 2.0 Security Profile: pushed requests, bound tokens. */
export async function security() {
  const issuer = await createWorkspace({ id: 'fapi2', profile: 'fapi_20_security', grant_types: GRANTS });
  for (const way of WAYS) {
    for (const binding of ['certificate', 'dpop']) {
      const member = await bound(way, binding, issuer);
      const config = await configuration(member);
      const { parameters, checks } = await request();
      const DPoP = binding === 'dpop' ? await newDPoP(config) : undefined;
      const address = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
      const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
      await tokensOf('FAPI 2.0 Security', config, member, end, checks, DPoP);

      const plain = await refusalOf(new Browser(CALLBACK), client.buildAuthorizationUrl(config, parameters));
      equal(`FAPI 2.0: ${way}: a request that was not pushed is refused`, plain, 'invalid_request');
    }
    flow('FAPI 2.0 Security Profile', way);
  }
}

/** FAPI 2.0 Message Signing: requests, responses and introspection are signed as well. */
export async function messageSigning() {
  const profile = 'fapi_20_message_signing';
  const issuer = await createWorkspace({ id: 'fapi2-signed', profile, grant_types: GRANTS });
  for (const way of WAYS) {
    for (const binding of ['certificate', 'dpop']) {
      const member = await bound(way, binding, issuer);
      const first = await configuration(member);
      const [algorithm] = first.serverMetadata().introspection_signing_alg_values_supported;
      const config = await configuration(member, { introspection_signed_response_alg: algorithm });
      client.useJwtResponseMode(config);
      client.enableNonRepudiationChecks(config);
      const { parameters, checks } = await request();
      const DPoP = binding === 'dpop' ? await newDPoP(config) : undefined;
      const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, member.key);
      const address = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP });
      const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
      const tokens = await tokensOf('FAPI 2.0 Message Signing', config, member, end, checks, DPoP);
      const seen = await client.tokenIntrospection(config, tokens.access_token);
      equal(`FAPI 2.0 Message Signing: ${way}: introspection is signed, and says active`, seen.active, true);
    }
    flow('FAPI 2.0 Message Signing', way);
  }
}

/** FAPI 1.0 Advanced: the ID token of the front channel is a detached signature of code and state. */
export async function advanced() {
  const issuer = await createWorkspace({ id: 'fapi1', profile: 'fapi_advanced', grant_types: [...GRANTS, 'implicit'] });
  for (const way of WAYS) {
    const member = await bound(way, 'certificate', issuer);
    const config = await configuration(member);
    client.useCodeIdTokenResponseType(config);
    client.enableDetachedSignatureResponseChecks(config);
    const { parameters, checks } = await request();
    const address = await client.buildAuthorizationUrlWithJAR(config, parameters, member.key);
    const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
    await tokensOf('FAPI 1.0 Advanced', config, member, end, checks, undefined);
    flow('FAPI 1.0 Advanced', way);
  }
}

function bound(way, binding, of) {
  return register(way, {
    name: `${of.split('/').at(-1)}-${binding}`,
    of,
    certificate: binding === 'certificate',
    grant_types: of.endsWith('fapi1') ? [...GRANTS, 'implicit'] : GRANTS,
    response_types: of.endsWith('fapi1') ? ['code id_token'] : ['code'],
    scopes: ['openid', 'email', 'offline_access'],
    tls_client_certificate_bound_access_tokens: binding === 'certificate',
    dpop_bound_access_tokens: binding === 'dpop',
  });
}

async function tokensOf(profile, config, member, end, checks, DPoP) {
  const tokens = await client.authorizationCodeGrant(config, end, checks, undefined, { DPoP });
  const { cnf } = claims(tokens.access_token);
  const expected = DPoP ? { jkt: await DPoP.calculateThumbprint() } : { 'x5t#S256': member.thumbprint };
  equal(`${profile}: ${member.way}: the token is bound`, cnf, expected);
  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP });
  check(`${profile}: ${member.way}: and userinfo takes it`, user.email, user);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  equal(`${profile}: ${member.way}: a refreshed one is bound as well`, claims(refreshed.access_token).cnf, expected);
  return tokens;
}

/** What the client is told of a request that is refused before anybody is asked. */
async function refusalOf(browser, address) {
  const end = await browser.visit(address);
  return end.searchParams.get('error');
}
