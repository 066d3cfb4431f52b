import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { EmptyResponse } from '../empty-response.js';
import { IsId } from '../validators.js';

export class DeleteProjectRequest extends ActedRequest {
  @IsId()
  projectId!: string;
}

/**
 * Hides the project; its row stays, so that key hashes and audit events keep their owner.
 * Fails with PROJECT_NOT_FOUND, and with PROJECT_NOT_EMPTY while it has a key that is not deleted.
 */
export const deleteProject = request('req.projects.v1.delete', DeleteProjectRequest, EmptyResponse);
