import { IsIP, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { MayBeNull } from './validators.js';

/** Who asks for a change, as the gateway has authenticated them. The audit trail keeps both. */
export abstract class ActedRequest {
  /** `admin-token`, an OIDC subject, or `self` for the holder of the key. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  actor!: string;

  @MayBeNull()
  @IsIP()
  sourceAddress!: string | null;
}
