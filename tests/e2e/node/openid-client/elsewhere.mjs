// Flows in which the person is elsewhere, or nobody is asked: device, backchannel authentication, token exchange, JWT
// bearer, password.
import { SignJWT } from 'jose';
import * as client from 'openid-client';
import { answerBackchannel, Browser, check, claims, equal, flow } from '../demo.mjs';
import { ACCESS_TOKEN, CALLBACK, CIBA, EXCHANGE, JWT_BEARER, register } from '../ways.mjs';
import { configuration, newDPoP } from './configuration.mjs';

export async function device(member) {
  const { way } = member;
  const config = await configuration(member);
  const begun = await client.initiateDeviceAuthorization(config, { scope: 'openid email' });
  await new Browser(CALLBACK).allowDevice(begun.verification_uri_complete, 'user', 'user');
  const tokens = await client.pollDeviceAuthorizationGrant(config, begun);
  check(`${way}: the device gets tokens for the person`, tokens.claims().sub === claims(tokens.access_token).sub, tokens.claims());
  equal(`${way}: the device's token is bound as registered`, claims(tokens.access_token).cnf?.['x5t#S256'], member.thumbprint);
  flow('device', way);
}

/** The client asks again until the person has answered; the tokens are bound to a key besides. */
export async function poll(member) {
  const { way } = member;
  const config = await configuration(member);
  const DPoP = await newDPoP(config);
  const asked = { scope: 'openid email', login_hint: 'user', binding_message: 'W4SCT' };
  const begun = await client.initiateBackchannelAuthentication(config, asked);
  await answerBackchannel(member.issuer, begun.auth_req_id);
  const tokens = await client.pollBackchannelAuthenticationGrant(config, begun, undefined, { DPoP });
  equal(`${way}: the person who was asked is the subject`, tokens.claims().sub, claims(tokens.access_token).sub);
  equal(`${way}: the backchannel's token is bound to the key`, claims(tokens.access_token).cnf?.jkt, await DPoP.calculateThumbprint());
  flow('CIBA, poll', way);

  const refused = await client.initiateBackchannelAuthentication(config, asked);
  await answerBackchannel(member.issuer, refused.auth_req_id, 'deny');
  const refusal = await client.pollBackchannelAuthenticationGrant(config, refused).catch(error => error);
  equal(`${way}: a refusal is told`, refusal.error, 'access_denied');
}

/** The client is told when the person has answered, and fetches its tokens then. */
export async function ping(way, receiver) {
  const path = `/ciba/${way}`;
  const member = await register(way, {
    name: 'openid-client-ping',
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: receiver.address(path),
  });
  const config = await configuration(member);
  const client_notification_token = client.randomState();
  const begun = await client.initiateBackchannelAuthentication(config, {
    scope: 'openid email',
    login_hint: 'user',
    client_notification_token,
  });
  const told = receiver.next(path);
  await answerBackchannel(member.issuer, begun.auth_req_id);
  const { headers, body } = await told;
  equal(`${way}: the ping carries the client's own token`, headers.authorization, `Bearer ${client_notification_token}`);
  equal(`${way}: and names the request, nothing else`, JSON.parse(body), { auth_req_id: begun.auth_req_id });
  const tokens = await client.genericGrantRequest(config, CIBA, { auth_req_id: begun.auth_req_id });
  check(`${way}: after the ping there are tokens`, tokens.id_token, Object.keys(tokens));
  flow('CIBA, ping', way);
}

export async function exchange(member) {
  const { way } = member;
  const config = await configuration(member);
  const own = await client.clientCredentialsGrant(config, { scope: 'introspect_tokens' });
  const exchanged = await client.genericGrantRequest(config, EXCHANGE, {
    subject_token: own.access_token,
    subject_token_type: ACCESS_TOKEN,
  });
  equal(`${way}: an exchanged token is of the kind asked for`, exchanged.issued_token_type, ACCESS_TOKEN);
  equal(`${way}: and bound as registered`, claims(exchanged.access_token).cnf?.['x5t#S256'], member.thumbprint);
  flow('token exchange', way);
}

/** What the client has signed with its own key about a subject of its own (RFC 7523 §2.1). */
export async function jwtBearer(member) {
  const { way, id, issuer, key } = member;
  const config = await configuration(member);
  const assertion = await new SignJWT({ iss: id, sub: 'job-17', aud: issuer, jti: client.randomState() })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(key.key);
  const tokens = await client.genericGrantRequest(config, JWT_BEARER, { assertion, scope: 'email' });
  equal(`${way}: a JWT gives access for its subject`, tokens.scope, 'email');
  equal(`${way}: which is bound as registered`, claims(tokens.access_token).cnf?.['x5t#S256'], member.thumbprint);
  const again = await client.genericGrantRequest(config, JWT_BEARER, { assertion }).catch(error => error);
  equal(`${way}: once`, again.error, 'invalid_grant');
  flow('JWT bearer', way);
}

/** The person has told the client itself (RFC 6749 §4.3). */
export async function password(member) {
  const { way } = member;
  const config = await configuration(member);
  const asked = { username: 'user', password: 'user', scope: 'openid email' };
  const tokens = await client.genericGrantRequest(config, 'password', asked);
  equal(`${way}: a password gives tokens for the person`, tokens.claims().sub, claims(tokens.access_token).sub);
  const wrong = await client.genericGrantRequest(config, 'password', { ...asked, password: 'x' }).catch(error => error);
  equal(`${way}: a wrong one gives none`, wrong.error, 'invalid_grant');
  flow('password', way);
}
