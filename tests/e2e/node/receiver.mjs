// Where the server reaches a client: its addresses for logout tokens and for answered backchannel requests.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';

const read = name => readFileSync(join(process.env.SYMBOLON_FOLDER, name));
const LIMIT = 20_000;

/** Listens on loopback with the certificate that the server was told to trust; answers 200 and keeps what came. */
export class Receiver {
  #waiting = new Map();
  #came = new Map();
  #server;

  static async start() {
    const receiver = new Receiver();
    const options = { cert: read('receiver.pem'), key: read('receiver-key.pem') };
    receiver.#server = createServer(options, async (request, answer) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      receiver.#take(request.url, { headers: request.headers, body });
      answer.writeHead(200, { 'cache-control': 'no-store' }).end();
    });
    await new Promise(resolve => receiver.#server.listen(0, 'localhost', resolve));
    return receiver;
  }

  /** The address of a path here. */
  address(path) {
    return `https://localhost:${this.#server.address().port}${path}`;
  }

  /** What was sent to a path, now or soon. */
  next(path) {
    const came = this.#came.get(path)?.shift();
    if (came) return Promise.resolve(came);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came to ${path}`)), LIMIT);
      this.#waiting.set(path, message => (clearTimeout(timer), resolve(message)));
    });
  }

  end() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(path, message) {
    const waiting = this.#waiting.get(path);
    if (waiting) {
      this.#waiting.delete(path);
      waiting(message);
    } else {
      this.#came.set(path, [...(this.#came.get(path) ?? []), message]);
    }
  }
}
