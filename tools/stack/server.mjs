import { ManagedProcess } from './managed-process.mjs';

/** A PostgreSQL, Redis or NATS. After `stop` or `kill`, `start` continues on the same port with what it has stored. */
export class Server extends ManagedProcess {
  /**
   * @param {{ port: number, url: string }} address the URL with the credentials of whoever may do everything
   * @param {import('./managed-process.mjs').ProcessDefinition} definition
   */
  constructor({ port, url }, definition) {
    super(definition);
    this.port = port;
    this.url = url;
  }
}
