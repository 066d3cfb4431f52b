import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'key_management', name: 'projects' })
@Index('projects_by_creation', ['createdAt', 'id'], { where: 'deleted_at IS NULL' })
export class ProjectEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'projects_pkey' })
  id!: string;

  @Column('text')
  name!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  /** Set when the project has been deleted: it is hidden, and its row stays. */
  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, nullable: true })
  deletedAt!: Date | null;
}
