// openid-client as a relying party: code flow, refresh, client credentials, userinfo, introspection,
// revocation; with a secret, with assertions by secret and by key (RFC 7523), and with a certificate (RFC 8705) whose
// tokens are bound to it.
import * as client from 'openid-client';
import { fetch } from 'undici';
import { Browser, changeWorkspace, check, claims, createClient, equal, issuer, plain, thumbprint, withCertificate } from './demo.mjs';

const CALLBACK = 'https://client.example/callback';
const SCOPES = ['openid', 'email', 'offline_access'];
const COMMON = {
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  redirect_uris: [CALLBACK],
  response_types: ['code'],
  scopes: [...SCOPES, 'introspect_tokens', 'revoke_tokens'],
};

async function configuration(clientId, metadata, authentication, dispatcher) {
  return client.discovery(new URL(issuer), clientId, metadata, authentication, {
    [client.customFetch]: (address, options) => fetch(address, { ...options, dispatcher }),
  });
}

async function withSecret() {
  for (const [method, authentication] of [
    ['client_secret_basic', client.ClientSecretBasic],
    ['client_secret_post', client.ClientSecretPost],
  ]) {
    const registered = await createClient({
      ...COMMON,
      client_id: `node-${method}`,
      client_name: 'openid-client with a secret',
      token_endpoint_auth_method: method,
    });
    const config = await configuration(
      registered.client_id,
      {},
      authentication(registered.client_secret),
      plain,
    );
    await wholeLife(config, method, undefined);
  }
}

async function withAssertions() {
  await changeWorkspace(server => {
    const methods = [...server.token_endpoint_auth_methods, 'client_secret_jwt', 'private_key_jwt'];
    server.token_endpoint_auth_methods = [...new Set(methods)];
  });
  const pair = await client.randomDPoPKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  for (const [method, authentication, fields] of [
    ['client_secret_jwt', client.ClientSecretJwt, { token_endpoint_auth_signing_alg: 'HS256' }],
    [
      'private_key_jwt',
      () => client.PrivateKeyJwt({ key: pair.privateKey, kid: 'node' }),
      {
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ kty, crv, x, y, kid: 'node', alg: 'ES256', use: 'sig' }] },
      },
    ],
  ]) {
    const registered = await createClient({
      ...COMMON,
      ...fields,
      client_id: `node-${method}`,
      client_name: 'openid-client with an assertion',
      token_endpoint_auth_method: method,
    });
    const config = await configuration(
      registered.client_id,
      {},
      authentication(registered.client_secret),
      plain,
    );
    await wholeLife(config, method, undefined);
  }
}

async function withCertificates() {
  const registered = await createClient({
    ...COMMON,
    client_id: 'node-tls_client_auth',
    client_name: 'openid-client with a certificate',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=example.com',
    tls_client_certificate_bound_access_tokens: true,
  });
  const metadata = { use_mtls_endpoint_aliases: true };
  const config = await configuration(registered.client_id, metadata, client.TlsClientAuth(), withCertificate());
  const aliases = config.serverMetadata().mtls_endpoint_aliases ?? {};
  for (const endpoint of ['token', 'introspection', 'revocation', 'userinfo']) {
    check(`discovery has the mTLS alias of ${endpoint}`, `${endpoint}_endpoint` in aliases, aliases);
  }
  await wholeLife(config, 'tls_client_auth', thumbprint());

  const without = await configuration(registered.client_id, metadata, client.TlsClientAuth(), plain);
  const refusal = await client.clientCredentialsGrant(without).catch(error => error);
  equal('tls_client_auth: without the certificate the client is refused', refusal.status, 401);
  equal('tls_client_auth: and told so', refusal.error, 'invalid_client');
}

async function wholeLife(config, name, binding) {
  const bound = token => claims(token).cnf?.['x5t#S256'];
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: SCOPES.join(' '),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  check(`${name}: the redirect names its issuer (RFC 9207)`, end.searchParams.get('iss') === issuer, end.href);

  // openid-client verifies signature, issuer, audience, nonce and at_hash of the ID token in here.
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  const tokens = await client.authorizationCodeGrant(config, end, checks);
  check(`${name}: code gives tokens`, tokens.access_token && tokens.id_token && tokens.refresh_token, Object.keys(tokens));
  equal(`${name}: access token lives an hour`, tokens.expires_in, 3600);
  equal(`${name}: access token is bound as registered`, bound(tokens.access_token), binding);

  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  check(`${name}: userinfo is about the same user`, user.sub === tokens.claims().sub, user);

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  check(`${name}: refresh gives another access token`, refreshed.access_token !== tokens.access_token);
  equal(`${name}: refreshed token is bound as registered`, bound(refreshed.access_token), binding);

  const seen = await client.tokenIntrospection(config, refreshed.access_token);
  equal(`${name}: introspection says active`, seen.active, true);
  equal(`${name}: introspection shows the binding`, seen.cnf?.['x5t#S256'], binding);
  await client.tokenRevocation(config, refreshed.access_token);
  const after = await client.tokenIntrospection(config, refreshed.access_token);
  equal(`${name}: a revoked token is not active, and nothing else is said`, after, { active: false });

  const own = await client.clientCredentialsGrant(config);
  equal(`${name}: client credentials make the client the subject`, claims(own.access_token).sub, config.clientMetadata().client_id);
  equal(`${name}: client credentials token is bound as registered`, bound(own.access_token), binding);

  const again = await client.authorizationCodeGrant(config, end, checks).catch(error => error);
  equal(`${name}: a used code is refused`, again.error, 'invalid_grant');
  const family = await client.tokenIntrospection(config, tokens.access_token);
  equal(`${name}: and what it gave ends with it (RFC 6749 §4.1.2)`, family, { active: false });
}

await withSecret();
await withAssertions();
await withCertificates();
