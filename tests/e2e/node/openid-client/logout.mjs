// Logout: the client sends the browser, the session ends, and the client is told by back channel.
import { createLocalJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { fetch } from 'undici';
import { Browser, check, equal, flow, plain } from '../demo.mjs';
import { GOODBYE, ORIGIN, register } from '../ways.mjs';
import { request } from './code.mjs';
import { configuration } from './configuration.mjs';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

export async function logOut(way, receiver) {
  const path = `/logout/${way}`;
  const member = await register(way, {
    name: 'openid-client-logout',
    backchannel_logout_uri: receiver.address(path),
    backchannel_logout_session_required: true,
  });
  const config = await configuration(member);
  const { parameters, checks } = await request('openid email');
  const browser = new Browser(ORIGIN);
  const end = await browser.logInAndAccept(client.buildAuthorizationUrl(config, parameters), 'user', 'user');
  const tokens = await client.authorizationCodeGrant(config, end, checks);
  const { sub, sid } = tokens.claims();
  check(`${way}: the ID token names the session`, typeof sid === 'string', tokens.claims());

  const state = client.randomState();
  const told = receiver.next(path);
  const goodbye = await browser.visit(
    client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: GOODBYE,
      state,
    }),
  );
  equal(`${way}: the browser returns to the client, which knows it again`, goodbye.href, `${GOODBYE}?state=${state}`);
  flow('RP-initiated logout', way);

  const { headers, body } = await told;
  equal(`${way}: the logout token comes as a form`, headers['content-type'].split(';')[0], 'application/x-www-form-urlencoded');
  const keys = await (await fetch(config.serverMetadata().jwks_uri, { dispatcher: plain })).json();
  const { payload } = await jwtVerify(new URLSearchParams(body).get('logout_token'), createLocalJWKSet(keys), {
    issuer: member.issuer,
    audience: member.id,
    typ: 'logout+jwt',
    maxTokenAge: '2 minutes',
    requiredClaims: ['jti', 'exp'],
  });
  equal(`${way}: it is of the session and the person`, [payload.sid, payload.sub], [sid, sub]);
  equal(`${way}: it says that it is one`, payload.events, { [EVENT]: {} });
  check(`${way}: and cannot be taken for an ID token`, !('nonce' in payload), payload);
  flow('back-channel logout', way);

  const seen = await client.tokenIntrospection(config, tokens.access_token);
  equal(`${way}: what was granted in the session has ended`, seen, { active: false });
}
