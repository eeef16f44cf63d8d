// The pages people see: without script, on a phone and on a desktop, light and dark, empty and broken.
import { check, equal } from '../node/demo.mjs';
import { accessibilityFaults, profile, screenshot, VIEWS } from './chromium.mjs';

const AGAIN = '&prompt=login%20consent';
const LIMIT = 30 * 1024;

/** Login, a wrong password, consent, refusal and a wrong redirect URI work where scripts do not run. */
export async function pagesWithoutScript(browser, authorize, url, callback) {
  const { context, seen } = await profile(browser, url, callback, { javaScriptEnabled: false });
  const page = await context.newPage();
  await logIn(page, authorize + AGAIN, 'wrong');
  equal('without script: a wrong password keeps the login page', await page.locator('input[name=password]').count(), 1);
  const alert = await page.locator('[role=alert]').innerText();
  check('without script: and says so in words', alert.length > 10, alert);
  await fillIn(page, 'user');
  await page.locator('button[name=action][value=deny]').click();
  await page.waitForURL(`${callback}**`);
  const denied = new URL(seen.callbacks.at(-1)).searchParams;
  equal('without script: refusing consent tells the client', denied.get('error'), 'access_denied');

  await logIn(page, authorize + AGAIN, 'user');
  await page.locator('button[name=action][value=accept]').click();
  await page.waitForURL(`${callback}**`);
  const accepted = new URL(seen.callbacks.at(-1)).searchParams;
  check('without script: accepting it gives a code', accepted.has('code'), seen.callbacks.at(-1));

  const before = seen.callbacks.length;
  const answer = await page.goto(authorize.replace('example.com%2Fcallback', 'attacker.example%2F'));
  check('a wrong redirect URI is a page, never a redirect', answer.status() >= 400 && answer.status() < 500, answer.status());
  check('that links nowhere else', !(await page.content()).includes('href="https://attacker.example'));
  equal('and the client is not told', seen.callbacks.length, before);
  equal('without script: no request left the origin', seen.foreign, []);
  await context.close();
}

/** The same pages in every view: pictures, what axe says, no sideways scrolling, few bytes. */
export async function pagesInEveryView(browser, authorize, url, callback) {
  for (const { name, ...options } of VIEWS) {
    const { context, seen } = await profile(browser, url, callback, options);
    const page = await context.newPage();
    const finished = [];
    page.on('requestfinished', request => finished.push(request));
    await page.goto(authorize + AGAIN);
    await page.waitForLoadState('networkidle');
    const sizes = await Promise.all(finished.map(request => request.sizes()));
    const bytes = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
    check(`${name}: the login page weighs something, and under 30 KiB`, bytes > 1024 && bytes < LIMIT, bytes);
    console.log(`   ${bytes} bytes in ${finished.length} requests`);
    await inspect(page, name, 'login');
    await fillIn(page, 'wrong');
    await page.locator('[role=alert]').waitFor();
    await inspect(page, name, 'login-wrong-password');
    await fillIn(page, 'user');
    await page.locator('button[name=action][value=accept]').waitFor();
    await inspect(page, name, 'consent');
    await page.goto(authorize.replace('example.com%2Fcallback', 'attacker.example%2F'));
    await inspect(page, name, 'error');
    await page.locator('summary').click();
    await inspect(page, name, 'error-developer');
    await page.goto(`${url}/`);
    await inspect(page, name, 'home');
    equal(`${name}: nothing met the policy`, seen.violations, []);
    equal(`${name}: no request left the origin`, seen.foreign, []);
    await context.close();
  }
}

/** A picture, what axe says, and that nothing has to be scrolled sideways. */
export async function inspect(page, view, what) {
  await screenshot(page, `${what}-${view}`);
  equal(`${view}: axe reports nothing on ${what}`, await accessibilityFaults(page), []);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(`${view}: ${what} does not scroll sideways`, sideways <= 0, sideways);
}

async function logIn(page, address, password) {
  await page.goto(address);
  await fillIn(page, password);
}

/** Logs in as `user`. */
export async function fillIn(page, password) {
  await page.locator('input[name=username]').fill('user');
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[name=action][value=login]').click();
}
