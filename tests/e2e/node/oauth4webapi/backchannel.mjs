// Backchannel authentication: poll, ping, push, and signed requests as FAPI-CIBA has them.
import { createHash } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { answerBackchannel, check, claims, createWorkspace, equal, flow } from '../demo.mjs';
import { CIBA, register } from '../ways.mjs';
import { memberOf, refusal } from './member.mjs';

const AUTH_REQ_ID = 'urn:openid:params:jwt:claim:auth_req_id';
const ASKED = { scope: 'openid email', login_hint: 'user', binding_message: 'W4SCT' };

/** The client is told to wait, and gets its tokens when the person has answered. */
export async function poll(member) {
  const { way } = member;
  const begun = await begin(member, ASKED);
  const early = await refusal(redeem(member, begun));
  equal(`${way}: the client waits for the person`, early.error, 'authorization_pending');
  await answerBackchannel(member.issuer, begun.auth_req_id);
  await new Promise(resolve => setTimeout(resolve, begun.interval * 1000));
  await tokensFor(member, begun);
  flow('CIBA, poll', way);
}

/** The client is told when the person has answered. */
export async function ping(way, receiver) {
  const { member, begun } = await told(way, 'ping', receiver);
  await tokensFor(member, begun);
  flow('CIBA, ping', way);
}

/** The client is given its tokens when the person has answered; it asks for nothing. */
export async function push(way, receiver) {
  const { member, begun, headers, body } = await told(way, 'push', receiver);
  // What is pushed is a token response; it is judged as one.
  const pushed = new Response(body, { headers: { 'content-type': headers['content-type'] } });
  const tokens = await oauth.processBackchannelAuthenticationGrantResponse(member.as, member.client, pushed);
  const idToken = oauth.getValidatedIdTokenClaims(tokens);
  equal(`${way}: its ID token is of the request (CIBA §10.3.1)`, idToken[AUTH_REQ_ID], begun.auth_req_id);
  const hash = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url');
  equal(`${way}: and of the access token`, idToken.at_hash, hash);
  equal(`${way}: which is bound as registered`, claims(tokens.access_token).cnf?.['x5t#S256'], member.thumbprint);
  const refused = await refusal(redeem(member, begun));
  equal(`${way}: who is pushed its tokens may not fetch them`, refused.error, 'unauthorized_client');
  flow('CIBA, push', way);
}

/** FAPI-CIBA: the request is signed; what is not signed is refused; tokens are bound to the certificate. */
export async function signedPoll() {
  const profile = 'fapi_advanced';
  const of = await createWorkspace({ id: 'fapi-ciba', profile, grant_types: ['authorization_code', CIBA] });
  for (const way of ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']) {
    const registered = await register(way, {
      name: 'fapi-ciba',
      of,
      certificate: true,
      grant_types: [CIBA],
      response_types: [],
      redirect_uris: [],
      scopes: ['openid', 'email'],
      backchannel_authentication_request_signing_alg: 'ES256',
    });
    const member = await memberOf(registered);
    const plain = await refusal(begin(member, ASKED));
    equal(`FAPI-CIBA: ${way}: a request that is not signed is refused`, plain.error, 'invalid_request');
    const request = await oauth.issueRequestObject(member.as, member.client, ASKED, member.key);
    const begun = await begin(member, { request });
    await answerBackchannel(of, begun.auth_req_id);
    const tokens = await tokensFor(member, begun);
    equal(`FAPI-CIBA: ${way}: the token is bound`, claims(tokens.access_token).cnf?.['x5t#S256'], member.thumbprint);
    flow('FAPI-CIBA, signed request', way);
  }
}

/** A client that is called when the person has answered, and what it is sent then. */
async function told(way, mode, receiver) {
  const path = `/ciba/${mode}/${way}`;
  const registered = await register(way, {
    name: `oauth4webapi-${mode}`,
    backchannel_token_delivery_mode: mode,
    backchannel_client_notification_endpoint: receiver.address(path),
  });
  const member = await memberOf(registered);
  const client_notification_token = oauth.generateRandomState();
  const begun = await begin(member, { ...ASKED, client_notification_token });
  const call = receiver.next(path);
  await answerBackchannel(member.issuer, begun.auth_req_id);
  const { headers, body } = await call;
  equal(`${way}: the ${mode} carries the client's own token`, headers.authorization, `Bearer ${client_notification_token}`);
  equal(`${way}: and names the request`, JSON.parse(body).auth_req_id, begun.auth_req_id);
  return { member, begun, headers, body };
}

async function begin({ as, client, proof, connection }, asked) {
  const parameters = new URLSearchParams(asked);
  const answer = await oauth.backchannelAuthenticationRequest(as, client, proof, parameters, connection);
  return oauth.processBackchannelAuthenticationResponse(as, client, answer);
}

async function redeem({ as, client, proof, connection }, begun) {
  const answer = await oauth.backchannelAuthenticationGrantRequest(as, client, proof, begun.auth_req_id, connection);
  return oauth.processBackchannelAuthenticationGrantResponse(as, client, answer);
}

async function tokensFor(member, begun) {
  const tokens = await redeem(member, begun);
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  check(`${member.way}: the tokens are of the person`, sub === claims(tokens.access_token).sub, sub);
  return tokens;
}
