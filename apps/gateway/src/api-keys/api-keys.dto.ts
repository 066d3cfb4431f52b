import { IsExpiry, IsId, IsNote, MayBeAbsent, MayBeNull } from '#contracts';
import { HoldsNoKey } from '../http/holds-no-key.js';
import { ProjectParams } from '../projects/projects.dto.js';

export class ApiKeyParams extends ProjectParams {
  @IsId()
  keyId!: string;
}

export class CreateApiKeyBody {
  @MayBeAbsent()
  @IsNote()
  @HoldsNoKey()
  note?: string | null;

  @IsExpiry()
  expiresAt?: string | null;

  @MayBeNull()
  @IsId()
  replacesKeyId?: string | null;
}

export class ChangeNoteBody {
  @IsNote()
  @HoldsNoKey()
  note!: string | null;
}
