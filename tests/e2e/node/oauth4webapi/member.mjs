// What oauth4webapi calls a client, its proof and its connection, for a client of each way to authenticate.
import * as oauth from 'oauth4webapi';
import { fetch } from 'undici';
import { plain } from '../demo.mjs';

export const via = dispatcher => ({
  [oauth.customFetch]: (address, options) => fetch(address, { ...options, dispatcher }),
});

export async function discover(issuer) {
  const answer = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...via(plain) });
  return oauth.processDiscoveryResponse(new URL(issuer), answer);
}

const PROOF = {
  client_secret_basic: ({ secret }) => oauth.ClientSecretBasic(secret),
  client_secret_post: ({ secret }) => oauth.ClientSecretPost(secret),
  client_secret_jwt: ({ secret }) => oauth.ClientSecretJwt(secret),
  private_key_jwt: ({ key }) => oauth.PrivateKeyJwt(key),
  tls_client_auth: () => oauth.TlsClientAuth(),
  self_signed_tls_client_auth: () => oauth.TlsClientAuth(),
};

/** A registered client as oauth4webapi needs it. */
export async function memberOf(registered) {
  return {
    ...registered,
    as: await discover(registered.issuer),
    client: { client_id: registered.id, use_mtls_endpoint_aliases: registered.mtls },
    proof: PROOF[registered.way](registered),
    connection: via(registered.dispatcher),
  };
}

/** The refusal of a request that should not be answered. */
export const refusal = promise => promise.then(answer => ({ answered: answer }), error => error);

/** Sends a request again when the server first wants its nonce in the DPoP proof (RFC 9449 §8). */
export async function withNonce(member, send, read) {
  try {
    return await read(await send());
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    member.nonces += 1;
    return read(await send());
  }
}
