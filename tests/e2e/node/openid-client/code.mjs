// The code flow: plain with all that can be done with its tokens; signed, pushed and answered by a signed response;
// hybrid.
import * as client from 'openid-client';
import { Browser, check, claims, equal, flow } from '../demo.mjs';
import { CALLBACK } from '../ways.mjs';
import { configuration, newDPoP } from './configuration.mjs';

const SCOPE = 'openid email offline_access';

/** A request with all that ties its answer to it, and what to check the answer with. */
export async function request(scope = SCOPE) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: CALLBACK,
    scope,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  };
  return { parameters, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

/** From the code to its end: userinfo, refresh, introspection, revocation, client credentials, a second use. */
export async function wholeLife(member) {
  const { way, thumbprint } = member;
  const config = await configuration(member);
  const bound = token => claims(token).cnf?.['x5t#S256'];
  const { parameters, checks } = await request();
  const address = client.buildAuthorizationUrl(config, parameters);
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  check(`${way}: the redirect names its issuer (RFC 9207)`, end.searchParams.get('iss') === member.issuer, end.href);

  // openid-client verifies signature, issuer, audience, nonce and at_hash of the ID token in here.
  const tokens = await client.authorizationCodeGrant(config, end, checks);
  check(`${way}: code gives tokens`, tokens.access_token && tokens.id_token && tokens.refresh_token, Object.keys(tokens));
  equal(`${way}: access token lives an hour`, tokens.expires_in, 3600);
  equal(`${way}: access token is bound as registered`, bound(tokens.access_token), thumbprint);
  flow('code with PKCE', way);

  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  check(`${way}: userinfo is about the same user`, user.sub === tokens.claims().sub, user);
  flow('userinfo', way);

  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  check(`${way}: refresh gives another access token`, refreshed.access_token !== tokens.access_token);
  equal(`${way}: refreshed token is bound as registered`, bound(refreshed.access_token), thumbprint);
  flow('refresh', way);

  const seen = await client.tokenIntrospection(config, refreshed.access_token);
  equal(`${way}: introspection says active`, seen.active, true);
  equal(`${way}: introspection shows the binding`, seen.cnf?.['x5t#S256'], thumbprint);
  flow('introspection', way);
  await client.tokenRevocation(config, refreshed.access_token);
  const after = await client.tokenIntrospection(config, refreshed.access_token);
  equal(`${way}: a revoked token is not active, and nothing else is said`, after, { active: false });
  flow('revocation', way);

  const own = await client.clientCredentialsGrant(config);
  equal(`${way}: client credentials make the client the subject`, claims(own.access_token).sub, member.id);
  equal(`${way}: client credentials token is bound as registered`, bound(own.access_token), thumbprint);
  flow('client credentials', way);

  const again = await client.authorizationCodeGrant(config, end, checks).catch(error => error);
  equal(`${way}: a used code is refused`, again.error, 'invalid_grant');
  const family = await client.tokenIntrospection(config, tokens.access_token);
  equal(`${way}: and what it gave ends with it (RFC 6749 §4.1.2)`, family, { active: false });
}

/** Signed (RFC 9101), pushed (RFC 9126), answered by a signed JWT; tokens bound to a key, proven with nonces. */
export async function signedAndPushed(member) {
  const { way } = member;
  const config = await configuration(member);
  client.useJwtResponseMode(config);
  const DPoP = await newDPoP(config);
  const { parameters, checks } = await request();
  const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, member.key);
  const address = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP });
  equal(`${way}: the browser carries a reference alone`, [...address.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  equal(`${way}: the whole answer is in the JWT`, [...end.searchParams.keys()], ['response']);
  const tokens = await client.authorizationCodeGrant(config, end, checks, undefined, { DPoP });
  const bindings = async token => {
    const { cnf } = claims(token);
    equal(`${way}: the token is bound to the key`, cnf?.jkt, await DPoP.calculateThumbprint());
    equal(`${way}: and to the certificate if there is one`, cnf?.['x5t#S256'], member.thumbprint);
  };
  await bindings(tokens.access_token);
  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP });
  check(`${way}: userinfo takes the token with a proof`, user.email, user);
  const stolen = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub).catch(error => error);
  equal(`${way}: and not without`, stolen.status ?? stolen.cause?.status ?? stolen.response?.status, 401);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  await bindings(refreshed.access_token);
  check(`${way}: the server has asked for its nonce`, member.nonces > 0, member.nonces);
  for (const name of ['pushed request', 'signed request', 'signed response', 'DPoP with nonce']) flow(name, way);
}

/** code id_token: the ID token of the front channel vouches for the code. */
export async function hybrid(member) {
  const { way } = member;
  const config = await configuration(member);
  client.useCodeIdTokenResponseType(config);
  const { parameters, checks } = await request('openid email');
  const address = client.buildAuthorizationUrl(config, parameters);
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  const tokens = await client.authorizationCodeGrant(config, end, checks);
  check(`${way}: a hybrid response gives tokens`, tokens.access_token && tokens.id_token, Object.keys(tokens));
  flow('hybrid', way);
}
