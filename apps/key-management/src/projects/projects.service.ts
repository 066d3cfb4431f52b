import {
  type CreateProjectRequest,
  type DeleteProjectRequest,
  DomainError,
  type GetProjectRequest,
  type ListProjectsRequest,
  type ListProjectsResponse,
  type Project,
  type RenameProjectRequest,
} from '#contracts';
import { Database } from '#database';
import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { ApiKeyEntity } from '../api-keys/api-key.entity.js';
import { recordChange } from '../audit/audit-trail.js';
import { containing, readPage } from '../paging/keyset-page.js';
import { ProjectEntity } from './project.entity.js';

@Injectable()
export class ProjectsService {
  constructor(private readonly database: Database) {}

  create({ name, ...by }: CreateProjectRequest): Promise<Project> {
    return this.database.transaction(async (manager) => {
      const project = { id: uuidv7(), name, createdAt: new Date(), deletedAt: null };
      await manager.insert(ProjectEntity, project);
      await recordChange(manager, {
        by,
        action: 'project.created',
        projectId: project.id,
        targetId: project.id,
        detail: name,
      });
      return toProject(project);
    });
  }

  async list({ limit, cursor, q, projectIds }: ListProjectsRequest): Promise<ListProjectsResponse> {
    const { rows, nextCursor } = await this.database.run((manager) => {
      const query = manager.createQueryBuilder(ProjectEntity, 'project').where('project.deletedAt IS NULL');
      if (q !== undefined) query.andWhere('project.name ILIKE :q', { q: containing(q) });
      if (projectIds !== undefined) query.andWhere('project.id = ANY(:projectIds)', { projectIds });
      return readPage(query, { list: ['projects', q], time: 'createdAt', limit, cursor });
    });
    return { data: rows.map(toProject), nextCursor };
  }

  async get({ projectId }: GetProjectRequest): Promise<Project> {
    return toProject(await this.database.run((manager) => findProject(manager, projectId)));
  }

  rename({ projectId, name, ...by }: RenameProjectRequest): Promise<Project> {
    return this.database.transaction(async (manager) => {
      const project = await lockProject(manager, projectId);
      await manager.update(ProjectEntity, { id: projectId }, { name });
      const detail = `${project.name} → ${name}`;
      await recordChange(manager, { by, action: 'project.renamed', projectId, targetId: projectId, detail });
      return toProject({ ...project, name });
    });
  }

  async delete({ projectId, ...by }: DeleteProjectRequest): Promise<void> {
    await this.database.transaction(async (manager) => {
      const project = await lockProject(manager, projectId);
      const hasKeys = await manager
        .createQueryBuilder(ApiKeyEntity, 'key')
        .where(`key.projectId = :projectId AND key.state <> 'deleted'`, { projectId })
        .getExists();
      if (hasKeys) throw new DomainError('PROJECT_NOT_EMPTY', 'Delete the API keys of the project first.');
      await manager.update(ProjectEntity, { id: projectId }, { deletedAt: new Date() });
      await recordChange(manager, {
        by,
        action: 'project.deleted',
        projectId,
        targetId: projectId,
        detail: project.name,
      });
    });
  }
}

/** @throws DomainError PROJECT_NOT_FOUND, also for a deleted project. */
export async function findProject(manager: EntityManager, projectId: string): Promise<ProjectEntity> {
  return found(await manager.findOneBy(ProjectEntity, { id: projectId, deletedAt: IsNull() }));
}

/**
 * Keeps everyone else from changing the project, or creating a key in it, until the transaction ends.
 *
 * @throws DomainError PROJECT_NOT_FOUND, also for a deleted project.
 */
export async function lockProject(manager: EntityManager, projectId: string): Promise<ProjectEntity> {
  const where = { id: projectId, deletedAt: IsNull() };
  return found(await manager.findOne(ProjectEntity, { where, lock: { mode: 'for_no_key_update' } }));
}

function found(project: ProjectEntity | null): ProjectEntity {
  if (project === null) throw new DomainError('PROJECT_NOT_FOUND');
  return project;
}

function toProject({ id, name, createdAt }: ProjectEntity): Project {
  return { id, name, createdAt: createdAt.toISOString() };
}
