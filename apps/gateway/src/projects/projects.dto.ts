import { IsId, IsProjectName } from '#contracts';

export class ProjectParams {
  @IsId()
  projectId!: string;
}

export class ProjectBody {
  @IsProjectName()
  name!: string;
}
