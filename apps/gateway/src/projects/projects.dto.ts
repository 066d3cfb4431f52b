import { IsId, IsProjectName } from '#contracts';
import { HoldsNoKey } from '../http/holds-no-key.js';

export class ProjectParams {
  @IsId()
  projectId!: string;
}

export class ProjectBody {
  @IsProjectName()
  @HoldsNoKey()
  name!: string;
}
