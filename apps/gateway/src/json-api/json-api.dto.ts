import { IsExpiry, IsNote, MAX_PAGE_ITEMS, MayBeAbsent } from '#contracts';
import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsNotEmpty, IsObject, IsString, ValidateNested } from 'class-validator';
import { ApiKeyParams } from '../api-keys/api-keys.dto.js';
import { HoldsNoKey } from '../http/holds-no-key.js';
import { IsCursorParameter, IsLimitParameter } from '../http/list.query.js';
import { ProjectParams } from '../projects/projects.dto.js';

export class OrganizationParams extends ProjectParams {
  /** Any, unless `ORGANIZATION_ID` is set. */
  @IsString()
  @IsNotEmpty()
  organizationId!: string;
}

export class OrganizationKeyParams extends ApiKeyParams {
  /** Any, unless `ORGANIZATION_ID` is set. */
  @IsString()
  @IsNotEmpty()
  organizationId!: string;
}

export class ApiKeyAttributes {
  @MayBeAbsent()
  @IsNote()
  @HoldsNoKey()
  note?: string | null;

  @IsExpiry()
  expiresAt?: string | null;
}

/** What there can be of it, and of nothing else. */
const IsPart =
  (Part: new () => object): PropertyDecorator =>
  (target, property) => {
    for (const rule of [IsDefined(), IsObject(), ValidateNested(), Type(() => Part)]) rule(target, property);
  };

export class ApiKeyToCreate {
  @MayBeAbsent()
  @IsIn(['api_keys'])
  type?: 'api_keys';

  @IsPart(ApiKeyAttributes)
  attributes!: ApiKeyAttributes;
}

export class CreateApiKeyDocument {
  @IsPart(ApiKeyToCreate)
  data!: ApiKeyToCreate;
}

export class JsonApiPageQuery {
  /** As many as there can be: the CLI that is out there reads the first page only. */
  @IsLimitParameter()
  'page[size]' = MAX_PAGE_ITEMS;

  /** Part of `links.next`. */
  @IsCursorParameter()
  'page[cursor]'?: string;
}

/** What is wrong, as JSON:API says it. Clients print the beginning of it as it stands, so that it begins with what people need. */
export interface JsonApiError {
  /** The status of the answer. */
  status: string;
  /** For programs; those of `ProblemBody`. */
  code: string;
  /** What `code` means, for people. */
  title: string;
  /** What the caller may do about it. */
  detail: string;
  source?: JsonApiErrorSource;
  /** The `X-Request-Id` of the answer. */
  id: string;
  meta?: JsonApiErrorMeta;
}

interface JsonApiErrorSource {
  /** The place in the body. */
  pointer?: string;
  /** The part of the path, or of the query. */
  parameter?: string;
}

interface JsonApiErrorMeta {
  /** Of `idempotency_key_reused`: the API key that was made. @schema {"format": "uuid"} */
  keyId: string;
}

/** Every answer below `/jsonapi/v1` that is not a success. */
export interface JsonApiErrors {
  /** One for each thing that is wrong with the input; else one. */
  errors: JsonApiError[];
}
