// Swagger UI as a person uses it.
import { check, equal } from '../node/demo.mjs';
import { screenshot } from './chromium.mjs';

/** Authorize → client credentials → Close → POST clients → Try it out → Execute. Returns status and body. */
export async function swagger(context, { url, admin, body }) {
  const page = await context.newPage();
  await page.goto(`${url}/api/swagger/default`);
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const first = page.locator('.auth-container').first();
  check('the dialog offers client credentials first', /clientCredentials/.test(await first.innerText()), await first.innerText());
  await first.locator('input[type=text]').first().fill(admin.id);
  await first.locator('input[type=password]').fill(admin.secret);
  const token = page.waitForResponse(`${url}/default/admin/oauth2/token`);
  await first.getByRole('button', { name: /^(Authorize|Apply)/ }).click();
  equal('Authorize gets a token', (await token).status(), 200);
  await first.locator('button', { hasText: 'Logout' }).waitFor();
  await screenshot(page, 'swagger-authorized');
  await page.locator('.dialog-ux .btn-done').first().click();

  const operation = page.locator('.opblock-post').filter({ has: page.locator('[data-path="/api/admin/{tid}/clients"]') });
  await operation.locator('.opblock-summary').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.locator('input[placeholder=tid]').fill('default');
  await operation.locator('textarea').first().fill(JSON.stringify(body, null, 2));
  const created = page.waitForResponse(response =>
    response.url() === `${url}/api/admin/default/clients` && response.request().method() === 'POST');
  await operation.getByRole('button', { name: 'Execute' }).click();
  const response = await created;
  const answer = { status: response.status(), body: await response.json() };
  await operation.locator('.responses-inner .response-col_status', { hasText: '201' }).first().waitFor();
  await screenshot(page, 'swagger-created');
  await page.close();
  return answer;
}

/** Authorize → authorization code, in the window it opens; then a call with that token. */
export async function codeLoginInSwagger(context, { url, admin, user: [username, password] }) {
  const page = await context.newPage();
  await page.goto(`${url}/api/swagger/default`);
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const container = page.locator('.auth-container').filter({ hasText: 'authorizationCode' });
  await container.locator('input[type=text]').first().fill(admin.id);
  await container.locator('input[type=password]').fill(admin.secret);
  const opened = context.waitForEvent('page');
  await container.getByRole('button', { name: /^(Authorize|Apply)/ }).click();
  const login = await opened;
  await login.locator('input[name=username]').fill(username);
  await login.locator('input[name=password]').fill(password);
  await login.locator('button[name=action][value=login]').click();
  const accept = login.locator('button[name=action][value=accept]');
  await Promise.race([login.waitForEvent('close').catch(() => {}), accept.click().catch(() => {})]);
  await container.locator('button', { hasText: 'Logout' }).waitFor();
  check('the dialog logs in by authorization code', true);
  await page.locator('.dialog-ux .btn-done').first().click();

  const operation = page.locator('.opblock-get').filter({ has: page.locator('[data-path="/api/admin/{tid}/servers"]') });
  await operation.locator('.opblock-summary').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.locator('input[placeholder=tid]').fill('default');
  const listed = page.waitForResponse(response => response.url().startsWith(`${url}/api/admin/default/servers`));
  await operation.getByRole('button', { name: 'Execute' }).click();
  equal('and the token lists the workspaces', (await listed).status(), 200);
  await page.close();
}
