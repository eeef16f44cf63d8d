// The pages beyond login and consent, in every view: details to allow, another account, a device, requests from
// elsewhere, logout.
import { fetch } from 'undici';
import {
  changeWorkspace, check, createClient, createDetailType, equal, issuer, letPeopleRegister, plain,
} from '../node/demo.mjs';
import { CIBA, DEVICE } from '../node/ways.mjs';
import { profile, VIEWS } from './chromium.mjs';
import { fillIn, inspect } from './pages.mjs';

const SECRET = 'a-secret-of-at-least-32-characters';
const PAYMENT = [
  {
    type: 'payment_initiation',
    actions: ['initiate', 'status'],
    instructedAmount: { currency: 'EUR', amount: '123.50' },
    creditorName: 'Merchant A',
    creditorAccount: { iban: 'DE02100100109307118603' },
  },
];

/** Walks through the pages in every view; `callback` is answered by the browser itself. */
export async function interactionsInEveryView(browser, url, callback) {
  await prepare(callback);
  for (const { name, ...options } of VIEWS) {
    const { context, seen } = await profile(browser, url, callback, options);
    const page = await context.newPage();
    await detailsAndAccounts(page, name, callback);
    await device(page, name);
    await backchannel(page, name);
    await logout(page, name, seen, callback);
    await account(page, name, callback);
    equal(`${name}: nothing met the policy`, seen.violations, []);
    equal(`${name}: no request left the origin`, seen.foreign, []);
    await context.close();
  }
}

async function prepare(callback) {
  await changeWorkspace(server => {
    server.grant_types = [...new Set([...server.grant_types, CIBA, DEVICE])];
  });
  await letPeopleRegister();
  await createDetailType({
    type: 'payment_initiation',
    name: 'Payment',
    description: 'One transfer from your account',
    transient: true,
    schema: {
      properties: {
        actions: { type: 'array' },
        instructedAmount: {
          type: 'object',
          title: 'Amount',
          properties: { currency: { type: 'string' }, amount: { type: 'string' } },
        },
        creditorName: { type: 'string', title: 'To' },
        creditorAccount: { type: 'object', title: 'Account', properties: { iban: { type: 'string' } } },
      },
    },
  });
  const common = { redirect_uris: [callback], response_types: ['code'], client_secret: SECRET };
  const payments = { authorization_details_types: ['payment_initiation'] };
  await createClient({ ...common, ...payments, client_id: 'shop', client_name: 'Merchant A', scopes: ['openid', 'email'] });
  await createClient({
    ...common,
    client_id: 'calendar',
    client_name: 'Calendar',
    scopes: ['openid'],
    frontchannel_logout_uri: `${callback}/frontchannel`,
    post_logout_redirect_uris: [`${callback}/bye`],
  });
  await createClient({
    client_id: 'television',
    client_name: 'Living room television',
    token_endpoint_auth_method: 'none',
    grant_types: [DEVICE],
    response_types: [],
    scopes: ['openid', 'email'],
  });
  await createClient({
    ...payments,
    client_id: 'bank',
    client_name: 'Northwind Bank',
    token_endpoint_auth_method: 'client_secret_post',
    client_secret: SECRET,
    grant_types: [CIBA],
    response_types: [],
    scopes: ['openid', 'profile'],
  });
}

function authorize(client_id, callback, more = {}) {
  const asked = { client_id, redirect_uri: callback, response_type: 'code', scope: 'openid', ...more };
  return `${issuer}/oauth2/authorize?${new URLSearchParams(asked)}`;
}

const press = (page, action) => page.locator(`button[name=action][value=${action}]`).first().click();

async function detailsAndAccounts(page, view, callback) {
  const scope = 'openid email';
  const authorization_details = JSON.stringify(PAYMENT);
  await page.goto(authorize('shop', callback, { scope, authorization_details, prompt: 'consent' }));
  await fillIn(page, 'user');
  const consent = await page.locator('main').innerText();
  for (const word of ['Merchant A', '123.50', 'EUR', 'DE02100100109307118603']) {
    check(`${view}: consent shows ${word} of the payment`, consent.includes(word), consent);
  }
  await inspect(page, view, 'consent-details');
  await press(page, 'accept');
  await page.waitForURL(`${callback}**`);

  await page.goto(authorize('shop', callback, { prompt: 'select_account' }));
  const shown = await page.locator('button[name=action][value=continue]').innerText();
  check(`${view}: the account is named`, shown.includes('user'), shown);
  await inspect(page, view, 'select-account');
}

async function device(page, view) {
  await page.goto(`${issuer}/device`);
  await inspect(page, view, 'device');
  await page.locator('input[name=user_code]').fill('BCDF-GHJK');
  await press(page, 'continue');
  await page.locator('[role=alert]').waitFor();
  await inspect(page, view, 'device-wrong-code');
  const begun = await post('/device/authorization', { client_id: 'television', scope: 'openid email' });
  await page.goto(begun.verification_uri_complete);
  if (await page.locator('button[name=action][value=continue]').count()) await press(page, 'continue');
  const compare = await page.locator('main').innerText();
  check(`${view}: the code is shown to compare`, compare.includes(begun.user_code), compare);
  await inspect(page, view, 'device-consent');
  await press(page, 'accept');
  await inspect(page, view, 'device-allowed');
}

async function backchannel(page, view) {
  await page.goto(`${issuer}/backchannel`);
  await inspect(page, view, 'backchannel-empty');
  const asked = { login_hint: 'user', client_id: 'bank', client_secret: SECRET };
  await post('/backchannel/authentication', { ...asked, scope: 'openid profile', binding_message: 'W4SCT' });
  const details = { authorization_details: JSON.stringify(PAYMENT), binding_message: 'Order 4711' };
  await post('/backchannel/authentication', { ...asked, scope: 'openid', ...details });
  await page.reload();
  equal(`${view}: both requests are there`, await page.locator('main article').count(), 2);
  await inspect(page, view, 'backchannel');
  await press(page, 'accept');
  await page.locator('[role=status]').waitFor();
  equal(`${view}: what was answered is gone`, await page.locator('main article').count(), 1);
  await inspect(page, view, 'backchannel-answered');
  await press(page, 'deny');
  await page.locator('[role=status]').waitFor();
  equal(`${view}: and then the other`, await page.locator('main article').count(), 0);
}

async function logout(page, view, seen, callback) {
  await page.goto(`${issuer}/oidc/logout`);
  await inspect(page, view, 'logout');
  await press(page, 'stay');
  await page.locator('h1').waitFor();
  await inspect(page, view, 'logout-stayed');
  await page.goto(`${issuer}/oidc/logout`);
  await press(page, 'logout');
  await page.locator('h1').waitFor();
  await inspect(page, view, 'logged-out');

  await page.goto(authorize('calendar', callback, { prompt: 'consent' }));
  await fillIn(page, 'user');
  await press(page, 'accept');
  await page.waitForURL(`${callback}**`);
  await page.goto(`${issuer}/oidc/logout`);
  await press(page, 'logout');
  await page.locator('iframe').first().waitFor({ state: 'attached' });
  await inspect(page, view, 'logged-out-everywhere');
  const framed = seen.callbacks.filter(address => address.startsWith(`${callback}/frontchannel`));
  equal(`${view}: the client was told in a frame, with the issuer`, framed.map(address => new URL(address).searchParams.get('iss')), [issuer]);
}

async function account(page, view, callback) {
  await page.goto(authorize('calendar', callback));
  await page.locator('a[href*="show=register"]').click();
  await page.locator('button[name=action][value=register]').waitFor();
  await inspect(page, view, 'create-account');
  const fill = (name, value) => page.locator(`input[name=${name}]`).fill(value);
  await fill('username', 'user');
  await fill('password', 'password');
  await fill('name', 'Robin');
  await fill('email', 'robin@example.com');
  await press(page, 'register');
  await page.locator('#username-problem').waitFor();
  equal(`${view}: what was typed is kept, but for the password`, await page.locator('form input:not([type=hidden])').evaluateAll(
    inputs => inputs.map(input => input.value)), ['user', '', 'Robin', 'robin@example.com']);
  await inspect(page, view, 'create-account-taken');
  await fill('username', `robin-${view}`);
  await fill('password', 'password');
  await press(page, 'register');
  await page.locator('#password-problem').waitFor();
  await inspect(page, view, 'create-account-weak-password');
  await fill('password', 'mauve otter kneels twice');
  await press(page, 'register');
  await press(page, 'accept');
  await page.waitForURL(`${callback}**`);
  const made = new URL(page.url()).searchParams;
  check(`${view}: the new account gets the client its code`, made.has('code'), page.url());
}

async function post(path, form) {
  const answer = await fetch(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(form), dispatcher: plain });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
