// openid-client's configuration for a client of each way to authenticate.
import * as client from 'openid-client';
import { fetch } from 'undici';

const AUTHENTICATION = {
  client_secret_basic: ({ secret }) => client.ClientSecretBasic(secret),
  client_secret_post: ({ secret }) => client.ClientSecretPost(secret),
  client_secret_jwt: ({ secret }) => client.ClientSecretJwt(secret),
  private_key_jwt: ({ key }) => client.PrivateKeyJwt(key),
  tls_client_auth: () => client.TlsClientAuth(),
  self_signed_tls_client_auth: () => client.TlsClientAuth(),
};

/** Discovers the issuer of a registered client. Counts the nonces that the server asks for in DPoP proofs. */
export function configuration(member, metadata = {}, dispatcher = member.dispatcher) {
  const known = { use_mtls_endpoint_aliases: member.mtls, ...metadata };
  const authentication = AUTHENTICATION[member.way](member);
  return client.discovery(new URL(member.issuer), member.id, known, authentication, {
    [client.customFetch]: async (address, options) => {
      const answer = await fetch(address, { ...options, dispatcher });
      if (answer.status >= 400 && answer.headers.has('dpop-nonce')) member.nonces += 1;
      return answer;
    },
  });
}

/** A key to bind tokens to. */
export async function newDPoP(config) {
  return client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256', { extractable: true }));
}
