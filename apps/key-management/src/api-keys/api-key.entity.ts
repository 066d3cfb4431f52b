import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';
import { ProjectEntity } from '../projects/project.entity.js';
import type { ApiKeyRefusalsView } from './api-key-refusals.view.js';
import type { ApiKeyUsageView } from './api-key-usage.view.js';

/** Forward only; a trigger in the database sees to it. */
export type ApiKeyState = 'active' | 'deleting' | 'deleted';

@Entity({ schema: 'key_management', name: 'api_keys' })
@Unique('api_keys_key_hash_key', ['keyHash'])
@Check('api_keys_key_hash_is_sha256', 'octet_length(key_hash) = 32')
@Check('api_keys_state_is_known', `state IN ('active', 'deleting', 'deleted')`)
@Index('api_keys_of_project', ['projectId', 'createdAt', 'id'], { where: `state <> 'deleted'` })
@Index('api_keys_by_creation', ['createdAt', 'id'], { where: `state <> 'deleted'` })
@Index('api_keys_by_expiry', ['expiresAt', 'id'], { where: `state <> 'deleted'` })
@Index('api_keys_deleted_of_project', ['projectId', 'deletedAt', 'id'], { where: `state = 'deleted'` })
@Index('api_keys_being_deleted', ['id'], { where: `state = 'deleting'` })
@Index('api_keys_one_replacement', ['replacesKeyId'], { unique: true, where: `state <> 'deleted'` })
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'project_id' })
  projectId!: string;

  @ManyToOne(() => ProjectEntity)
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'api_keys_project_fkey' })
  project?: Relation<ProjectEntity>;

  /** SHA-256 of the key, 32 bytes. */
  @Column({ type: 'bytea', name: 'key_hash' })
  keyHash!: Buffer;

  @Column({ type: 'text', name: 'key_start' })
  keyStart!: string;

  @Column({ type: 'text', nullable: true })
  note!: string | null;

  @Column('text')
  state!: ApiKeyState;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'text', name: 'created_by' })
  createdBy!: string;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, nullable: true })
  deletedAt!: Date | null;

  @Column({ type: 'text', name: 'deleted_by', nullable: true })
  deletedBy!: string | null;

  @Column({ type: 'uuid', name: 'replaces_key_id', nullable: true })
  replacesKeyId!: string | null;

  /** The key that this one replaces, while that one is not deleted. */
  @ManyToOne(() => ApiKeyEntity)
  @JoinColumn({ name: 'replaces_key_id', foreignKeyConstraintName: 'api_keys_replaces_fkey' })
  predecessor?: Relation<ApiKeyEntity> | null;

  /** Filled by `ApiKeyQueries` only: the key that replaces this one, while it is not deleted. */
  replacement?: ApiKeyEntity | null;

  /** Filled by `ApiKeyQueries` only; null for a key that was never used. */
  usage?: ApiKeyUsageView | null;

  /** Filled by `DeletedApiKeysService` only: calls since it was deleted; null when there were none. */
  refusals?: ApiKeyRefusalsView | null;
}
