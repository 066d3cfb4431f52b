import { IsExpiry, IsId, IsNote, MayBeNull } from '#contracts';
import { ProjectParams } from '../projects/projects.dto.js';

export class ApiKeyParams extends ProjectParams {
  @IsId()
  keyId!: string;
}

export class CreateApiKeyBody {
  @IsNote()
  note?: string | null;

  @IsExpiry()
  expiresAt?: string | null;

  @MayBeNull()
  @IsId()
  replacesKeyId?: string | null;
}

export class ChangeNoteBody {
  @IsNote()
  note!: string | null;
}
