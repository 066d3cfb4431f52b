import { IsIP } from 'class-validator';
import { IsActor, MayBeNull } from './validators.js';

/** Who asks for a change, as the gateway has authenticated them. The audit trail keeps both. */
export abstract class ActedRequest {
  /** `admin-token`, an OIDC subject, or `self` for the holder of the key. */
  @IsActor()
  actor!: string;

  @MayBeNull()
  @IsIP()
  sourceAddress!: string | null;
}
