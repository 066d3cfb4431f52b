import { request } from '../contract.js';
import { PageRequest } from '../page.js';
import { AreProjectIds } from '../validators.js';
import type { Project } from './project.js';

/** `q` is matched against the name. Newest first. */
export class ListProjectsRequest extends PageRequest {
  /** Only these. */
  @AreProjectIds()
  projectIds?: string[];
}

export class ListProjectsResponse {
  data!: Project[];
  /** `null` on the last page. */
  nextCursor!: string | null;
}

export const listProjects = request('req.projects.v1.list', ListProjectsRequest, ListProjectsResponse);
