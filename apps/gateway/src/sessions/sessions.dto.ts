import { IsNotEmpty, IsString, Matches, MaxLength } from 'class-validator';

/** Longer than any token is. */
const MAX_TOKEN_CHARACTERS = 1_024;
const MAX_PATH_CHARACTERS = 2_048;
/** A path of ours: browsers take `//host` and `/\host` for another one, and skip white space in between. */
const OWN_PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

export class SignInBody {
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_TOKEN_CHARACTERS)
  adminToken!: string;
}

export class SignInQuery {
  /** A path of the console, with its query. */
  @MaxLength(MAX_PATH_CHARACTERS)
  @Matches(OWN_PATH, { message: '$property must be a path of the console, such as /projects' })
  returnTo = '/';
}
