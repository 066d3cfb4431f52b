import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

/** Longer than any token is. */
const MAX_TOKEN_CHARACTERS = 1_024;

export class SignInBody {
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_TOKEN_CHARACTERS)
  adminToken!: string;
}
