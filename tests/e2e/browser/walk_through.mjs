// The first walk-through, literally: Swagger UI, a client, a login, consent, a code, curl with a certificate.
import { execFileSync } from 'node:child_process';
import { check, claims, equal, folder, url, admin } from '../node/demo.mjs';
import { launch, profile } from './chromium.mjs';
import { codeLoginInSwagger, swagger } from './swagger.mjs';
import { interactionsInEveryView } from './interactions.mjs';
import { pagesInEveryView, pagesWithoutScript } from './pages.mjs';

const CALLBACK = 'https://example.com/callback';
const BODY = {
  authorization_server_id: 'default',
  client_id: 'client-mtls',
  client_name: 'My app',
  grant_types: ['authorization_code'],
  redirect_uris: ['https://example.com/callback'],
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_subject_dn: 'example.com',
  tls_client_certificate_bound_access_tokens: true,
  response_types: ['token', 'id_token', 'code'],
  scopes: ['email', 'openid'],
};
const AUTHORIZE =
  `${url}/default/default/oauth2/authorize?client_id=client-mtls&scope=openid` +
  '&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&response_type=code';

const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' });

async function logInAndConsent(context, seen) {
  const page = await context.newPage();
  await page.goto(AUTHORIZE);
  equal('login page shows one heading', await page.locator('h1').count(), 1);
  await page.locator('input[name=username]').fill('user');
  await page.locator('input[name=password]').fill('user');
  await page.locator('button[name=action][value=login]').click();
  check('consent page names the client', (await page.locator('body').innerText()).includes('My app'));
  await page.locator('button[name=action][value=accept]').click();
  await page.waitForURL(`${CALLBACK}**`);
  equal('the browser is sent to the client once', seen.callbacks.length, 1);
  const code = new URL(seen.callbacks[0]).searchParams.get('code');
  check('with a code of 32 random bytes', /^[A-Za-z0-9_-]{43}$/.test(code ?? ''), seen.callbacks[0]);
  await page.close();
  return code;
}

/** The command of the page, as it stands there, in the folder where the key pair is. */
function curl(code) {
  const form =
    'grant_type=authorization_code&client_id=client-mtls' +
    `&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&code=${code}`;
  return JSON.parse(
    execFileSync(
      'curl',
      ['-s', '-X', 'POST', '-k', `${url}/default/default/oauth2/token`, '--key', 'key.pem', '--cert', 'cert.pem',
        '-H', 'Content-type: application/x-www-form-urlencoded', '-d', form],
      { cwd: folder, encoding: 'utf8' },
    ),
  );
}

function thumbprintByOpenssl() {
  const line = openssl('x509', '-in', 'cert.pem', '-noout', '-fingerprint', '-sha256');
  return Buffer.from(line.split('=')[1].replaceAll(':', '').trim(), 'hex').toString('base64url');
}

const browser = await launch();
try {
  const { context, seen } = await profile(browser, url, CALLBACK);
  const created = await swagger(context, { url, admin, body: BODY });
  equal('POST /api/admin/default/clients answers 201', created.status, 201);
  equal('and tells the client', created.body.client_id, 'client-mtls');

  const code = await logInAndConsent(context, seen);
  const answer = curl(code);
  check('curl gets an access token', typeof answer.access_token === 'string', answer);
  equal('with just the members of the page', Object.keys(answer).sort(),
    ['access_token', 'expires_in', 'id_token', 'scope', 'token_type']);
  equal('that lives an hour', answer.expires_in, 3600);
  equal('for the scope asked for', answer.scope, 'openid');
  equal('of type bearer, in lower case', answer.token_type, 'bearer');
  equal('bound to the certificate that openssl sees', claims(answer.access_token).cnf, { 'x5t#S256': thumbprintByOpenssl() });
  equal('ID token is for the client', [claims(answer.id_token).aud].flat(), ['client-mtls']);
  equal('the same code a second time is refused', curl(code).error, 'invalid_grant');

  await codeLoginInSwagger(context, { url, admin, user: ['admin', 'admin'] });
  // Swagger UI sets one style attribute, which the policy refuses; nothing depends on it.
  const violations = seen.violations.filter(text => !/style/i.test(text));
  equal('no script, connection or frame met the policy', violations, []);
  equal('no request left the origin', seen.foreign, []);
  await context.close();

  await pagesWithoutScript(browser, AUTHORIZE, url, CALLBACK);
  await pagesInEveryView(browser, AUTHORIZE, url, CALLBACK);
  await interactionsInEveryView(browser, url, CALLBACK);
} finally {
  await browser.close();
}
