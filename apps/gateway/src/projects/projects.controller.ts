import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  type ListProjectsResponse,
  type Project,
  renameProject,
} from '#contracts';
import { MessageBus } from '#messaging';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { Acting, type ActingAdmin, MayView, type Visible } from '../admin-auth/acting-admin.decorator.js';
import { Allow } from '../admin-auth/policy.js';
import { Operation } from '../api-reference/operation.decorator.js';
import { ListQuery } from '../http/list.query.js';
import { MANAGEMENT_REQUEST } from '../http/management-request.js';
import { ProjectBody, ProjectParams } from './projects.dto.js';

@Controller('v1/projects')
export class ProjectsController {
  constructor(private readonly bus: MessageBus) {}

  @Post()
  @Allow('admin')
  @Operation('createProject', { summary: 'Creates a project', example: { name: 'Payments' } })
  create(@Body() body: ProjectBody, @Acting() admin: ActingAdmin): Promise<Project> {
    return this.bus.request(createProject, { ...body, ...admin }, MANAGEMENT_REQUEST);
  }

  @Get()
  @Allow('viewer')
  @Operation('listProjects', { summary: 'Lists projects, newest first' })
  list(@Query() query: ListQuery, @MayView() visible: Visible): Promise<ListProjectsResponse> {
    return this.bus.request(listProjects, { ...query, ...visible }, MANAGEMENT_REQUEST);
  }

  @Get(':projectId')
  @Allow('project-viewer')
  @Operation('getProject', { summary: 'Reads a project', problems: ['project_not_found'] })
  get(@Param() params: ProjectParams): Promise<Project> {
    return this.bus.request(getProject, params, MANAGEMENT_REQUEST);
  }

  @Patch(':projectId')
  @Allow('project-admin')
  @Operation('renameProject', {
    summary: 'Renames a project',
    problems: ['project_not_found'],
    example: { name: 'Payments EU' },
  })
  rename(
    @Param() params: ProjectParams,
    @Body() body: ProjectBody,
    @Acting() admin: ActingAdmin,
  ): Promise<Project> {
    return this.bus.request(renameProject, { ...params, ...body, ...admin }, MANAGEMENT_REQUEST);
  }

  @Delete(':projectId')
  @Allow('project-admin')
  @HttpCode(204)
  @Operation('deleteProject', {
    summary: 'Deletes an empty project',
    description: 'Empty: it has no active, expired or deleting API key.',
    problems: ['project_not_found', 'project_not_empty'],
  })
  async delete(@Param() params: ProjectParams, @Acting() admin: ActingAdmin): Promise<void> {
    await this.bus.request(deleteProject, { ...params, ...admin }, MANAGEMENT_REQUEST);
  }
}
