import type { Id, Instant } from '../values.js';

export class Project {
  id!: Id;
  name!: string;
  createdAt!: Instant;
}
