// oauth4webapi, which checks answers to the letter: pushed requests with request objects, JARM, DPoP with nonces, the
// device flow, hybrid responses, token exchange, backchannel authentication, registration by the client itself and
// RFC 9728; each flow by every way to authenticate.
import * as oauth from 'oauth4webapi';
import { Browser, changeWorkspace, check, claims, equal, flow, issuer, plain, url } from '../demo.mjs';
import { Receiver } from '../receiver.mjs';
import { ACCESS_TOKEN, allowEverything, CALLBACK, DEVICE, EXCHANGE, register, WAYS } from '../ways.mjs';
import { ping, poll, push, signedPoll } from './backchannel.mjs';
import { discover, memberOf, refusal, via, withNonce } from './member.mjs';

const SCOPES = ['openid', 'email', 'offline_access'];

/** Pushed, signed, answered by a signed response; tokens bound to a key, and to the certificate if there is one. */
async function codeFlow(member) {
  const { as, way, key, client, proof, connection } = member;
  const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256', { extractable: true }));
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
    member,
    () => oauth.pushedAuthorizationRequest(as, client, proof, new URLSearchParams({ request }), options),
    answer => oauth.processPushedAuthorizationResponse(as, client, answer),
  );
  const address = new URL(as.authorization_endpoint);
  address.search = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri });
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  equal(`${way}: the whole answer is in the JWT`, [...end.searchParams.keys()], ['response']);
  const answer = await oauth.validateJwtAuthResponse(as, client, end, state, connection);

  const redeem = () =>
    oauth.authorizationCodeGrantRequest(as, client, proof, answer, CALLBACK, verifier, options);
  const expected = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await withNonce(member, redeem, answer =>
    oauth.processAuthorizationCodeResponse(as, client, answer, expected),
  );
  await bound(way, member, dpop, tokens);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  const user = await withNonce(
    member,
    () => oauth.userInfoRequest(as, client, tokens.access_token, options),
    answer => oauth.processUserInfoResponse(as, client, sub, answer),
  );
  check(`${way}: userinfo is about the same user`, user.sub === sub, user);

  const refreshed = await withNonce(
    member,
    () => oauth.refreshTokenGrantRequest(as, client, proof, tokens.refresh_token, options),
    answer => oauth.processRefreshTokenResponse(as, client, answer),
  );
  await bound(`${way}: refreshed`, member, dpop, refreshed);

  const introspect = async token =>
    oauth.processIntrospectionResponse(
      as,
      client,
      await oauth.introspectionRequest(as, client, proof, token, connection),
    );
  const seen = await introspect(refreshed.access_token);
  equal(`${way}: introspection says active`, seen.active, true);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, proof, refreshed.access_token, connection),
  );
  equal(`${way}: a revoked token is not active`, await introspect(refreshed.access_token), { active: false });

  const again = await refusal(
    withNonce(member, redeem, answer => oauth.processAuthorizationCodeResponse(as, client, answer, expected)),
  );
  equal(`${way}: a used code is refused`, again.error, 'invalid_grant');
  const gone = ['code with PKCE', 'userinfo', 'refresh', 'introspection', 'revocation', 'DPoP with nonce'];
  for (const name of [...gone, 'pushed request', 'signed request', 'signed response']) flow(name, way);
}

async function bound(name, { thumbprint }, dpop, tokens) {
  const { cnf } = claims(tokens.access_token);
  equal(`${name}: the token is bound to the key`, cnf?.jkt, await dpop.calculateThumbprint());
  equal(`${name}: and says so`, tokens.token_type, 'dpop');
  equal(`${name}: and is bound to the certificate as registered`, cnf?.['x5t#S256'], thumbprint);
}

/** code id_token: the ID token of the front channel vouches for code and state. */
async function hybrid({ as, way, client, proof, connection }) {
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
  check(`${way}: a hybrid response gives tokens`, tokens.id_token, Object.keys(tokens));
  flow('hybrid', way);
}

async function device({ as, way, client, proof, connection }) {
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
  equal(`${way}: the device waits`, early.error, 'authorization_pending');
  await new Browser(CALLBACK).allowDevice(begun.verification_uri_complete, 'user', 'user');
  await new Promise(resolve => setTimeout(resolve, begun.interval * 1000));
  const tokens = await poll();
  equal(`${way}: the device gets tokens for the person`, claims(tokens.access_token).scp.includes('email'), true);
  flow('device', way);
}

async function exchange({ as, way, client, proof, connection }) {
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
  equal(`${way}: an exchanged token is of the kind asked for`, exchanged.issued_token_type, ACCESS_TOKEN);
  flow('client credentials', way);
  flow('token exchange', way);
}

/** An application that nobody has registered: from the resource to the server, and in. */
async function registersItself() {
  const resource = new URL(`${issuer}/userinfo`);
  const found = await oauth.processResourceDiscoveryResponse(
    resource,
    await oauth.resourceDiscoveryRequest(resource, via(plain)),
  );
  equal('the resource names its authorization server (RFC 9728)', found.authorization_servers, [issuer]);
  const as = await discover(issuer);
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
  flow('registration by the client itself', 'none');
}

async function everyFlow(way, receiver) {
  const member = await memberOf(await register(way, { name: 'oauth4webapi' }));
  equal(`${way}: every address is of this server`, new URL(member.as.token_endpoint).origin, url);
  await codeFlow(member);
  await hybrid(member);
  await exchange(member);
  await device(member);
  await poll(member);
  await ping(way, receiver);
  await push(way, receiver);
  check(`${way}: the server has asked for its nonces`, member.nonces > 0, member.nonces);
}

await changeWorkspace(allowEverything);
await registersItself();
const receiver = await Receiver.start();
// Side by side, for some of the flows wait.
await Promise.all([...WAYS.map(way => everyFlow(way, receiver)), signedPoll()]);
receiver.end();
