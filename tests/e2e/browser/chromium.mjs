// Chromium as the tests use it: Debian's own, headless, watched for foreign requests and CSP violations.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axeSource = createRequire(import.meta.url)('axe-core').source;

/** What the tests screenshot: a phone and a desktop, light and dark. */
export const VIEWS = [
  { name: 'phone-light', viewport: { width: 320, height: 640 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 320, height: 640 }, colorScheme: 'dark' },
  { name: 'desktop-light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
];

export async function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    // A page that reaches for another host must be seen to do so, so nothing else may use the network.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A browser profile of its own; `callback` is answered here, without network. */
export async function profile(browser, origin, callback, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
  context.setDefaultTimeout(20_000);
  const seen = { foreign: [], violations: [], callbacks: [] };
  await context.route(`${callback}**`, route => {
    seen.callbacks.push(route.request().url());
    return route.fulfill({ contentType: 'text/html', body: '<title>The client</title>' });
  });
  context.on('request', request => {
    const address = request.url();
    if (!address.startsWith(`${origin}/`) && !address.startsWith(callback) && !/^(data|blob|about):/.test(address)) {
      seen.foreign.push(address);
    }
  });
  context.on('console', message => {
    if (/Content.Security.Policy/i.test(message.text())) seen.violations.push(message.text());
  });
  return { context, seen };
}

/** Saves the page as a picture. */
export async function screenshot(page, name) {
  const folder = process.env.SYMBOLON_SCREENSHOTS;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** What axe finds wrong with the page for people who use assistive technology. */
export async function accessibilityFaults(page) {
  // evaluate() is the debugger's, which the page's policy does not bind.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.html).join(' ')}`);
}
