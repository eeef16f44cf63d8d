// The server under test with its demo data, a browser without scripts, and the counting of checks.
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Agent, fetch } from 'undici';

export const url = process.env.SYMBOLON_URL;
export const folder = process.env.SYMBOLON_DATA;
export const issuer = `${url}/default/default`;
export const admin = { id: 'admin-swagger', secret: 'n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq' };

/** Prints `ok <what>`, or ends the script with what was seen. */
export function check(what, condition, seen) {
  if (!condition) {
    console.log(`FAILED ${what}${seen === undefined ? '' : `\n  seen: ${JSON.stringify(seen)}`}`);
    process.exit(1);
  }
  console.log(`ok ${what}`);
}

/** Ends the script unless both values are equal. */
export function equal(what, seen, expected) {
  check(what, isDeepStrictEqual(seen, expected), { seen, expected });
}

/** Tells that a flow was gone through by a way to authenticate: what the table in docs/clients.md is checked against. */
export function flow(name, way) {
  console.log(`flow ${name} | ${way}`);
}

export const read = name => readFileSync(join(folder, name));

/** Connections that trust the demo CA, and nothing else. */
export const plain = new Agent({ connect: { ca: read('ca.pem') } });

/** Connections that show the demo client certificate. */
export function withCertificate() {
  return new Agent({ connect: { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') } });
}

/** SHA-256 of the demo client certificate, as `cnf.x5t#S256` holds it (RFC 8705 §3.1). */
export function thumbprint() {
  const { raw } = new X509Certificate(read('cert.pem'));
  return createHash('sha256').update(raw).digest('base64url');
}

/** The claims of a JWT, unverified. */
export function claims(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

/** A request to the management API below `/api/admin/default`, with what it answers. */
async function manage(method, path, body) {
  const basic = Buffer.from(`${admin.id}:${admin.secret}`).toString('base64');
  const token = await fetch(`${url}/default/admin/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    dispatcher: plain,
  });
  const { access_token } = await token.json();
  const answer = await fetch(`${url}/api/admin/default${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
    dispatcher: plain,
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Registers a client, of workspace `default` unless told otherwise, and returns it as the server answered. */
export function createClient(fields) {
  return manage('POST', '/clients', { authorization_server_id: 'default', ...fields });
}

/** Makes a workspace that trusts the demo CA and knows the person `user`; returns its issuer. */
export async function createWorkspace(fields) {
  await manage('POST', '/servers', { name: fields.id, root_cas: String(read('ca.pem')), ...fields });
  await manage('POST', `/servers/${fields.id}/idps/static`, {
    name: 'People',
    credentials: { users: [{ username: 'user', password: 'user', email: 'user@example.com', email_verified: true }] },
  });
  return `${url}/default/${fields.id}`;
}

/** Answers a backchannel request as the person would. */
export async function answerBackchannel(of, request, action = 'allow') {
  const address = new URL(`${of}/backchannel/demo`);
  address.search = new URLSearchParams({ auth_req_id: request, action });
  const answer = await fetch(address, { method: 'POST', dispatcher: plain });
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
}

/** Makes a type of authorization details (RFC 9396) in workspace `default`. */
export function createDetailType(fields) {
  return manage('POST', '/authorization-details', { authorization_server_id: 'default', ...fields });
}

/** Changes the settings of workspace `default`. */
export async function changeWorkspace(change) {
  const server = await manage('GET', '/servers/default');
  change(server);
  return manage('PUT', '/servers/default', server);
}

/** Lets people make accounts in workspace `default`. */
export async function letPeopleRegister() {
  const path = '/servers/default/idps/static/default-static';
  const idp = await manage('GET', path);
  idp.settings = { ...idp.settings, public_registration_allowed: true };
  return manage('PUT', path, idp);
}

const attribute = (tag, name) => unescape(tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? '');
const unescape = text =>
  text
    .replace(/&quot;|&#34;|&#x22;/g, '"')
    .replace(/&#x2f;|&#47;/g, '/')
    .replace(/&#x27;|&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

/** Nobody types more than one password at a time: the server takes many at once for guesses. */
let typing = Promise.resolve();
const oneAtATime = act => {
  const done = typing.then(act);
  typing = done.catch(() => {});
  return done;
};

/** A person with a browser that runs no scripts, up to the redirect to `stopAt`. */
export class Browser {
  #cookies = new Map();
  #stopAt;
  #page;

  constructor(stopAt) {
    this.#stopAt = stopAt;
  }

  /** Logs in and consents where asked; returns the address of the client that it ends at. */
  async logInAndAccept(address, username, password) {
    let end = await this.#open(address);
    if (!end && this.#page.html.includes('name="password"')) end = await this.#press('login', { username, password });
    if (!end) end = await this.#press('accept', {});
    if (!end) throw new Error(`no redirect to the client from ${this.#page.address}:\n${this.#page.html}`);
    return end;
  }

  /** Opens an address that leads back to the client without asking anything; returns where it ends. */
  async visit(address) {
    const end = await this.#open(address);
    if (!end) throw new Error(`no redirect to the client from ${this.#page.address}:\n${this.#page.html}`);
    return end;
  }

  /** Allows a device at the address that it shows: the code is in it, the person compares and logs in. */
  async allowDevice(address, username, password) {
    await this.#open(address);
    for (const [action, filled] of [
      ['continue', {}],
      ['login', { username, password }],
      ['accept', {}],
    ]) {
      if (this.#page.html.includes(`value="${action}"`)) await this.#press(action, filled);
    }
  }

  async #press(action, filled) {
    const forms = this.#page.html.match(/<form[\s\S]*?<\/form>/g) ?? [];
    const form = forms.find(html => html.includes(`value="${action}"`));
    if (!form) throw new Error(`no button ${action} at ${this.#page.address}:\n${this.#page.html}`);
    const fields = new URLSearchParams();
    for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(tag, 'name');
      if (name && (attribute(tag, 'type') !== 'checkbox' || /\schecked/.test(tag))) {
        fields.set(name, filled[name] ?? attribute(tag, 'value'));
      }
    }
    fields.set('action', action);
    const target = new URL(attribute(form, 'action') || this.#page.address, this.#page.address);
    const send = () => this.#open(target, { method: 'POST', body: fields, headers: { origin: target.origin } });
    return 'password' in filled ? oneAtATime(send) : send();
  }

  async #open(address, request = {}) {
    for (let redirects = 0; redirects < 20; redirects++) {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(address, {
        ...request,
        headers: { ...request.headers, ...(cookie && { cookie }) },
        redirect: 'manual',
        dispatcher: plain,
      });
      for (const line of answer.headers.getSetCookie()) {
        const [pair, ...attributes] = line.split(';');
        const [name, ...value] = pair.split('=');
        if (attributes.some(text => /^\s*max-age=0$/i.test(text))) this.#cookies.delete(name);
        else this.#cookies.set(name, value.join('='));
      }
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status >= 400 || !location) {
        this.#page = { address: String(address), html: await answer.text() };
        return undefined;
      }
      await answer.body?.cancel();
      address = new URL(location, address);
      if (address.href.startsWith(this.#stopAt)) return address;
      request = {};
    }
    throw new Error(`redirects without end at ${address}`);
  }
}
