import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { IsId, IsProjectName } from '../validators.js';
import { Project } from './project.js';

export class RenameProjectRequest extends ActedRequest {
  @IsId()
  projectId!: string;

  @IsProjectName()
  name!: string;
}

/** Fails with PROJECT_NOT_FOUND. */
export const renameProject = request('req.projects.v1.rename', RenameProjectRequest, Project);
