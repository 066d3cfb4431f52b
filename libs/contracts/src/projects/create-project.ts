import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { IsProjectName } from '../validators.js';
import { Project } from './project.js';

export class CreateProjectRequest extends ActedRequest {
  @IsProjectName()
  name!: string;
}

export const createProject = request('req.projects.v1.create', CreateProjectRequest, Project);
