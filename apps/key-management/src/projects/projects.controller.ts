import {
  createProject,
  CreateProjectRequest,
  deleteProject,
  DeleteProjectRequest,
  EmptyResponse,
  getProject,
  GetProjectRequest,
  listProjects,
  ListProjectsRequest,
  type ListProjectsResponse,
  type Project,
  renameProject,
  RenameProjectRequest,
} from '#contracts';
import { Handles } from '#messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ProjectsService } from './projects.service.js';

@Controller()
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Handles(createProject)
  create(@Payload() request: CreateProjectRequest): Promise<Project> {
    return this.projects.create(request);
  }

  @Handles(listProjects)
  list(@Payload() request: ListProjectsRequest): Promise<ListProjectsResponse> {
    return this.projects.list(request);
  }

  @Handles(getProject)
  get(@Payload() request: GetProjectRequest): Promise<Project> {
    return this.projects.get(request);
  }

  @Handles(renameProject)
  rename(@Payload() request: RenameProjectRequest): Promise<Project> {
    return this.projects.rename(request);
  }

  @Handles(deleteProject)
  async delete(@Payload() request: DeleteProjectRequest): Promise<EmptyResponse> {
    await this.projects.delete(request);
    return new EmptyResponse();
  }
}
