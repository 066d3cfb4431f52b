import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'key_management', name: 'projects' })
@Index('projects_by_creation', ['createdAt', 'id'], { where: 'deleted_at IS NULL' })
export class ProjectEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'projects_pkey' })
  id!: string;

  @Column('text')
  name!: string;

  @Column('timestamptz', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  /** Set when the project has been deleted: it is hidden, and its row stays. */
  @Column('timestamptz', { name: 'deleted_at', precision: 3, nullable: true })
  deletedAt!: Date | null;
}
