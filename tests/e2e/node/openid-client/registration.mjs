// Clients that register themselves (RFC 7591), by every way; one without a code; one that everything is encrypted for.
import * as client from 'openid-client';
import { fetch } from 'undici';
import { Browser, check, equal, flow, issuer } from '../demo.mjs';
import { CALLBACK, keysOf, WAYS } from '../ways.mjs';
import { request } from './code.mjs';

const SCOPE = 'openid email';

/** Registers with nothing but what the client itself says, and goes through the code flow. */
export async function registerThemselves() {
  for (const way of ['none', ...WAYS]) {
    const config = await newcomer(way, {});
    const { parameters, checks } = await request(SCOPE);
    const address = client.buildAuthorizationUrl(config, parameters);
    const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
    const tokens = await client.authorizationCodeGrant(config, end, checks);
    equal(`${way}: who registered itself has tokens`, tokens.claims().aud, [config.clientMetadata().client_id]);
    flow('registration by the client itself', way);
  }
}

/** An ID token by way of the browser, and nothing else. */
export async function implicit() {
  const config = await newcomer('none', { grant_types: ['implicit'], response_types: ['id_token'] });
  client.useIdTokenResponseType(config);
  const { parameters, checks } = await request(SCOPE);
  const { redirect_uri, scope, state, nonce } = parameters;
  const address = client.buildAuthorizationUrl(config, { redirect_uri, scope, state, nonce });
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  const { expectedNonce, expectedState } = checks;
  const told = await client.implicitAuthentication(config, end, expectedNonce, { expectedState });
  check('implicit: the ID token names the person', told.sub, told);
  flow('implicit, ID token', 'none');
}

/** ID token and userinfo are signed, then encrypted to the client's key. */
export async function encrypted(way) {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const [alg, enc] = ['ECDH-ES', 'A256GCM'];
  const config = await newcomer(way, {
    keys: [{ kty, crv, x, y, kid: 'encryption', alg, use: 'enc' }],
    id_token_encrypted_response_alg: alg,
    id_token_encrypted_response_enc: enc,
    userinfo_signed_response_alg: 'ES256',
    userinfo_encrypted_response_alg: alg,
    userinfo_encrypted_response_enc: enc,
  });
  client.enableDecryptingResponses(config, [enc], { key: pair.privateKey, alg, kid: 'encryption' });
  const { parameters, checks } = await request(SCOPE);
  const address = client.buildAuthorizationUrl(config, parameters);
  const end = await new Browser(CALLBACK).logInAndAccept(address, 'user', 'user');
  const tokens = await client.authorizationCodeGrant(config, end, checks);
  equal(`${way}: an encrypted ID token has the five parts of a JWE`, tokens.id_token.split('.').length, 5);
  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  check(`${way}: encrypted userinfo can be read by the client`, user.email, user);
  flow('encrypted ID token and userinfo', way);
}

async function newcomer(way, { keys: more = [], ...metadata }) {
  const { keys, key, dispatcher } = await keysOf(way, `newcomer-${way}`);
  const authentication = {
    none: client.None(),
    client_secret_basic: client.ClientSecretBasic(),
    client_secret_post: client.ClientSecretPost(),
    client_secret_jwt: client.ClientSecretJwt(),
    private_key_jwt: client.PrivateKeyJwt(key),
    tls_client_auth: client.TlsClientAuth(),
    self_signed_tls_client_auth: client.TlsClientAuth(),
  };
  const asked = {
    client_name: `Newcomer with ${way}`,
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: way,
    jwks: { keys: [...keys, ...more] },
    ...(way === 'private_key_jwt' && { token_endpoint_auth_signing_alg: 'ES256' }),
    ...(way === 'tls_client_auth' && { tls_client_auth_subject_dn: 'CN=example.com' }),
    ...metadata,
  };
  return client.dynamicClientRegistration(new URL(issuer), asked, authentication[way], {
    [client.customFetch]: (address, options) => fetch(address, { ...options, dispatcher }),
  });
}
