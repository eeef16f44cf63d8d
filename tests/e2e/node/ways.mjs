// The ways a client authenticates, and clients registered for each.
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent } from 'undici';
import { createClient, issuer, plain, read } from './demo.mjs';

export const ORIGIN = 'https://client.example';
export const CALLBACK = `${ORIGIN}/callback`;
export const GOODBYE = `${ORIGIN}/bye`;
export const CIBA = 'urn:openid:params:grant-type:ciba';
export const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Every way but `none`, by the names of the registry (RFC 7591, RFC 8705). */
export const WAYS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
];

/** What a workspace must allow for the flows here. */
export function allowEverything(server) {
  const all = (list, ...words) => [...new Set([...(list ?? []), ...words])];
  server.grant_types = all(server.grant_types, 'implicit', 'password', CIBA, DEVICE, EXCHANGE, JWT_BEARER);
  server.token_endpoint_auth_methods = all(server.token_endpoint_auth_methods, 'none', ...WAYS);
  server.backchannel_token_delivery_modes_supported = ['poll', 'ping', 'push'];
  server.dynamic_client_registration = { enabled: true };
  // Every proof must carry a nonce of the server.
  server.advanced = { ...server.advanced, require_dpop_nonce: true };
}

const authority = { cert: read('cert.pem'), key: read('key.pem') };
let own;

/** A certificate that nobody but the client itself vouches for. */
function selfSigned() {
  if (!own) {
    const folder = process.env.SYMBOLON_FOLDER;
    const files = ['-keyout', 'own-key.pem', '-out', 'own.pem'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-subj', '/CN=own', '-days', '2', ...files], {
      cwd: folder,
      stdio: 'pipe',
    });
    own = { cert: readFileSync(join(folder, 'own.pem')), key: readFileSync(join(folder, 'own-key.pem')) };
  }
  return own;
}

/** The keys of a client: `key` signs, `keys` are public, `dispatcher` connects, with a certificate if it has one. */
export async function keysOf(way, kid, mtls = way.endsWith('tls_client_auth')) {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const keys = [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }];
  const shown = way === 'self_signed_tls_client_auth' ? selfSigned() : authority;
  const { raw, publicKey } = new X509Certificate(shown.cert);
  if (way === 'self_signed_tls_client_auth') {
    keys.push({ ...publicKey.export({ format: 'jwk' }), kid: 'own', x5c: [raw.toString('base64')] });
  }
  return {
    keys,
    key: { key: pair.privateKey, kid },
    dispatcher: mtls ? new Agent({ connect: { ca: read('ca.pem'), ...shown } }) : plain,
    thumbprint: mtls ? createHash('sha256').update(raw).digest('base64url') : undefined,
  };
}

/**
 * Registers a client for a way to authenticate. It has a signing key whatever the way; `certificate` says that it
 * connects with one, and has its tokens bound to it, even where something else authenticates it.
 */
export async function register(way, { name, of = issuer, certificate = false, ...fields }) {
  const mtls = certificate || way.endsWith('tls_client_auth');
  const id = `${name}-${way}`;
  const { keys, key, dispatcher, thumbprint } = await keysOf(way, id, mtls);
  const registered = await createClient({
    authorization_server_id: of.split('/').at(-1),
    client_id: id,
    client_name: `${name} with ${way}`,
    grant_types: [
      ...['authorization_code', 'implicit', 'refresh_token', 'client_credentials', 'password'],
      ...[CIBA, DEVICE, EXCHANGE, JWT_BEARER],
    ],
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: [GOODBYE],
    response_types: ['code', 'code id_token'],
    scopes: ['openid', 'email', 'offline_access', 'introspect_tokens', 'revoke_tokens'],
    token_endpoint_auth_method: way,
    token_endpoint_auth_signing_alg: { client_secret_jwt: 'HS256', private_key_jwt: 'ES256' }[way],
    request_object_signing_alg: 'ES256',
    jwks: { keys },
    ...(way === 'tls_client_auth' && { tls_client_auth_subject_dn: 'CN=example.com' }),
    ...(mtls && { tls_client_certificate_bound_access_tokens: true }),
    ...fields,
  });
  return { way, mtls, issuer: of, id, secret: registered.client_secret, key, dispatcher, thumbprint, nonces: 0 };
}
