import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { request } from '#contracts';

const MOODS = ['answer', 'domain-error', 'plain-error', 'nothing', 'too-large', 'wait'] as const;

export class EchoRequest {
  @IsString()
  @MaxLength(20)
  text!: string;

  /** What the handler does. */
  @IsOptional()
  @IsIn(MOODS)
  mood?: (typeof MOODS)[number];
}

export class EchoResponse {
  text!: string;
  /** Which replica answered. */
  replica!: string;
}

/** A conversation of tests, within what the NATS users of key-management and the gateway may do. */
export const echo = request('req.projects.v1.echo', EchoRequest, EchoResponse);
