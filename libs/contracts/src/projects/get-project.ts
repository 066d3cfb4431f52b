import { request } from '../contract.js';
import { IsId } from '../validators.js';
import { Project } from './project.js';

export class GetProjectRequest {
  @IsId()
  projectId!: string;
}

/** Fails with PROJECT_NOT_FOUND. */
export const getProject = request('req.projects.v1.get', GetProjectRequest, Project);
