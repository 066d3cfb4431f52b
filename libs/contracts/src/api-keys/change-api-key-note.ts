import { ActedRequest } from '../actor.js';
import { request } from '../contract.js';
import { IsId, IsNote } from '../validators.js';
import { ApiKey } from './api-key.js';

export class ChangeApiKeyNoteRequest extends ActedRequest {
  @IsId()
  projectId!: string;

  @IsId()
  keyId!: string;

  @IsNote()
  note!: string | null;
}

/** Fails with API_KEY_NOT_FOUND. */
export const changeApiKeyNote = request('req.api-keys.v1.change-note', ChangeApiKeyNoteRequest, ApiKey);
