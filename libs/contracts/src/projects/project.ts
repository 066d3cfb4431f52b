export class Project {
  id!: string;
  name!: string;
  /** ISO 8601, UTC, milliseconds. */
  createdAt!: string;
}
