import type { CallOptions } from './call.js';
import type { Management } from './management.js';
import type { Paged } from './paged.js';
import { segment } from './request.js';
import type { PageOptions, Project } from './types.js';

/** Projects, for admins. Every call needs the admin token. */
export class Projects {
  readonly #management: Management;

  constructor(management: Management) {
    this.#management = management;
  }

  /** @param filters `q` is searched in names */
  list(filters: PageOptions & { q?: string | undefined } = {}, options: CallOptions = {}): Paged<Project> {
    return this.#management.list('/v1/projects', { ...filters }, options);
  }

  /** Repeated only when the first sending has certainly made nothing. */
  async create(project: { name: string }, options: CallOptions = {}): Promise<Project> {
    const json = { name: project.name };
    return this.#management.send({ ...options, method: 'POST', path: '/v1/projects', json });
  }

  async get(projectId: string, options: CallOptions = {}): Promise<Project> {
    return this.#management.send({ ...options, method: 'GET', path: projectPath(projectId) });
  }

  async rename(projectId: string, name: string, options: CallOptions = {}): Promise<Project> {
    return this.#management.send({
      ...options,
      method: 'PATCH',
      path: projectPath(projectId),
      isRepeatable: true,
      json: { name },
    });
  }

  /** @throws ConflictError `project_not_empty` while it has API keys */
  async delete(projectId: string, options: CallOptions = {}): Promise<void> {
    return this.#management.delete(projectPath(projectId), options);
  }
}

function projectPath(projectId: string): string {
  return `/v1/projects/${segment('projectId', projectId)}`;
}
