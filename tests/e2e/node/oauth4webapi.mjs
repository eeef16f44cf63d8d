// oauth4webapi, which checks answers to the letter: pushed requests with request objects, JARM, DPoP with nonces, the
// device flow, hybrid responses, token exchange, registration by the client itself and RFC 9728; each flow with a
// secret, with a private key and with a certificate.
import * as oauth from 'oauth4webapi';
import { fetch } from 'undici';
import {
  Browser,
  changeWorkspace,
  check,
  claims,
  createClient,
  equal,
  issuer,
  plain,
  thumbprint,
  url,
  withCertificate,
} from './demo.mjs';

const CALLBACK = 'https://client.example/callback';
const SCOPES = ['openid', 'email', 'offline_access'];
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

const via = dispatcher => ({
  [oauth.customFetch]: (address, options) => fetch(address, { ...options, dispatcher }),
});

async function discover() {
  const answer = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...via(plain) });
  return oauth.processDiscoveryResponse(new URL(issuer), answer);
}

/** The refusal of a request that should not be answered. */
const refusal = promise => promise.then(answer => ({ answered: answer }), error => error);

let nonces = 0;

/** Sends a request again when the server first wants its nonce in the DPoP proof (RFC 9449 §8). */
async function withNonce(dpop, send, read) {
  try {
    return await read(await send());
  } catch (error) {
    if (!dpop || !oauth.isDPoPNonceError(error)) throw error;
    nonces += 1;
    return read(await send());
  }
}

async function signingKey(kid) {
  const pair = await oauth.generateKeyPair('ES256', { extractable: true });
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { key: { key: pair.privateKey, kid }, jwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } };
}

/** A client of each way to authenticate: what oauth4webapi calls the client, its proof, connection and binding. */
async function clients() {
  const made = [];
  for (const method of ['client_secret_basic', 'private_key_jwt', 'tls_client_auth']) {
    const { key, jwk } = await signingKey(`${method}-key`);
    const mtls = method === 'tls_client_auth';
    const registered = await createClient({
      client_id: `oauth4webapi-${method}`,
      client_name: `oauth4webapi with ${method}`,
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials', DEVICE, EXCHANGE],
      redirect_uris: [CALLBACK],
      response_types: ['code', 'code id_token'],
      scopes: [...SCOPES, 'introspect_tokens', 'revoke_tokens'],
      token_endpoint_auth_method: method,
      token_endpoint_auth_signing_alg: method === 'private_key_jwt' ? 'ES256' : undefined,
      jwks: { keys: [jwk] },
      request_object_signing_alg: 'ES256',
      ...(mtls && {
        tls_client_auth_subject_dn: 'CN=example.com',
        tls_client_certificate_bound_access_tokens: true,
      }),
    });
    const proofs = {
      client_secret_basic: () => oauth.ClientSecretBasic(registered.client_secret),
      private_key_jwt: () => oauth.PrivateKeyJwt(key),
      tls_client_auth: () => oauth.TlsClientAuth(),
    };
    made.push({
      method,
      mtls,
      key,
      client: { client_id: registered.client_id, use_mtls_endpoint_aliases: mtls },
      proof: proofs[method](),
      connection: via(mtls ? withCertificate() : plain),
    });
  }
  return made;
}

/** Pushed, signed, answered by a signed response; tokens bound to a key or to the certificate. */
async function codeFlow(as, { method, mtls, key, client, proof, connection }) {
  const dpop = mtls ? undefined : oauth.DPoP(client, await oauth.generateKeyPair('ES256', { extractable: true }));
  const options = { ...connection, DPoP: dpop };
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const asked = new URLSearchParams({
    response_type: 'code',
    response_mode: 'jwt',
    redirect_uri: CALLBACK,
    scope: SCOPES.join(' '),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const request = await oauth.issueRequestObject(as, client, asked, key);
  const pushed = await withNonce(
    dpop,
    () => oauth.pushedAuthorizationRequest(as, client, proof, new URLSearchParams({ request }), options),
    answer => oauth.processPushedAuthorizationResponse(as, client, answer),
  );
  const address = new URL(as.authorization_endpoint);
  address.search = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri });
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  equal(`${method}: the whole answer is in the JWT`, [...end.searchParams.keys()], ['response']);
  const answer = await oauth.validateJwtAuthResponse(as, client, end, state, connection);

  const redeem = () =>
    oauth.authorizationCodeGrantRequest(as, client, proof, answer, CALLBACK, verifier, options);
  const expected = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await withNonce(dpop, redeem, answer =>
    oauth.processAuthorizationCodeResponse(as, client, answer, expected),
  );
  await bound(method, mtls, dpop, tokens);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  const user = await withNonce(
    dpop,
    () => oauth.userInfoRequest(as, client, tokens.access_token, options),
    answer => oauth.processUserInfoResponse(as, client, sub, answer),
  );
  check(`${method}: userinfo is about the same user`, user.sub === sub, user);

  const refreshed = await withNonce(
    dpop,
    () => oauth.refreshTokenGrantRequest(as, client, proof, tokens.refresh_token, options),
    answer => oauth.processRefreshTokenResponse(as, client, answer),
  );
  await bound(`${method}: refreshed`, mtls, dpop, refreshed);

  const introspect = async token =>
    oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, proof, token, connection),
    );
  const seen = await introspect(refreshed.access_token);
  equal(`${method}: introspection says active`, seen.active, true);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, proof, refreshed.access_token, connection),
  );
  equal(`${method}: a revoked token is not active`, await introspect(refreshed.access_token), { active: false });

  const again = await refusal(
    withNonce(dpop, redeem, answer => oauth.processAuthorizationCodeResponse(as, client, answer, expected)),
  );
  equal(`${method}: a used code is refused`, again.error, 'invalid_grant');
}

async function bound(name, mtls, dpop, tokens) {
  const { cnf } = claims(tokens.access_token);
  if (mtls) {
    equal(`${name}: the token is bound to the certificate`, cnf?.['x5t#S256'], thumbprint());
  } else {
    equal(`${name}: the token is bound to the key`, cnf?.jkt, await dpop.calculateThumbprint());
    equal(`${name}: and says so`, tokens.token_type, 'dpop');
  }
}

/** code id_token: the ID token of the front channel vouches for code and state. */
async function hybrid(as, { method, client, proof, connection }) {
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const address = new URL(as.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code id_token',
    redirect_uri: CALLBACK,
    scope: 'openid email',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  const answer = await oauth.validateCodeIdTokenResponse(as, client, end, nonce, state, undefined, connection);
  const redeemed = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    proof,
    answer,
    CALLBACK,
    verifier,
    connection,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, redeemed, { expectedNonce: nonce });
  check(`${method}: a hybrid response gives tokens`, tokens.id_token, Object.keys(tokens));
}

async function device(as, { method, client, proof, connection }) {
  const begun = await oauth.processDeviceAuthorizationResponse(
    as,
    client,
    await oauth.deviceAuthorizationRequest(
      as,
      client,
      proof,
      new URLSearchParams({ scope: 'openid email' }),
      connection,
    ),
  );
  const poll = async () =>
    oauth.processDeviceCodeResponse(
      as,
      client,
      await oauth.deviceCodeGrantRequest(as, client, proof, begun.device_code, connection),
    );
  const early = await refusal(poll());
  equal(`${method}: the device waits`, early.error, 'authorization_pending');
  await new Browser(CALLBACK).allowDevice(begun.verification_uri_complete, 'user', 'user');
  await new Promise(resolve => setTimeout(resolve, begun.interval * 1000));
  const tokens = await poll();
  equal(`${method}: the device gets tokens for the person`, claims(tokens.access_token).scp.includes('email'), true);
}

async function exchange(as, { method, client, proof, connection }) {
  const own = await oauth.processClientCredentialsResponse(
    as,
    client,
    await oauth.clientCredentialsGrantRequest(as, client, proof, new URLSearchParams({ scope: 'email' }), connection),
  );
  const parameters = new URLSearchParams({ subject_token: own.access_token, subject_token_type: ACCESS_TOKEN });
  const exchanged = await oauth.processGenericTokenEndpointResponse(
    as,
    client,
    await oauth.genericTokenEndpointRequest(as, client, proof, EXCHANGE, parameters, connection),
  );
  equal(`${method}: an exchanged token is of the kind asked for`, exchanged.issued_token_type, ACCESS_TOKEN);
}

/** An application that nobody has registered: from the resource to the server, and in. */
async function registersItself() {
  const resource = new URL(`${issuer}/userinfo`);
  const found = await oauth.processResourceDiscoveryResponse(
    resource,
    await oauth.resourceDiscoveryRequest(resource, via(plain)),
  );
  equal('the resource names its authorization server (RFC 9728)', found.authorization_servers, [issuer]);
  const as = await discover();
  const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(
      as,
      { client_name: 'Agent', redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'none' },
      via(plain),
    ),
  );
  const callback = 'http://127.0.0.1:49152/callback';
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const address = new URL(as.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  const end = await new Browser(callback).logInAndAccept(address, 'user', 'user');
  const answer = oauth.validateAuthResponse(as, client, end, state);
  const redeemed = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    answer,
    callback,
    verifier,
    via(plain),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, redeemed, { requireIdToken: true });
  equal('a client that registered itself has tokens of a person', claims(tokens.id_token).aud, [client.client_id]);
}

await changeWorkspace(server => {
  const all = (list, ...words) => [...new Set([...(list ?? []), ...words])];
  server.grant_types = all(server.grant_types, 'implicit', DEVICE, EXCHANGE);
  server.token_endpoint_auth_methods = all(
    server.token_endpoint_auth_methods,
    'none',
    'client_secret_basic',
    'private_key_jwt',
    'tls_client_auth',
  );
  server.dynamic_client_registration = { enabled: true };
  server.advanced = { ...server.advanced, require_dpop_nonce: true };
});
await registersItself();
const as = await discover();
equal('every address is of this server', new URL(as.token_endpoint).origin, url);
for (const each of await clients()) {
  await codeFlow(as, each);
  await hybrid(as, each);
  await exchange(as, each);
  await device(as, each);
}
check('the server has asked for its nonces', nonces > 0, nonces);
