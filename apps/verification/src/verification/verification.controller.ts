import { verifyApiKeys, VerifyApiKeysRequest, type VerifyApiKeysResponse } from '#contracts';
import { Handles } from '#messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { VerificationService } from './verification.service.js';

@Controller()
export class VerificationController {
  constructor(private readonly verification: VerificationService) {}

  @Handles(verifyApiKeys)
  verify(@Payload() request: VerifyApiKeysRequest): Promise<VerifyApiKeysResponse> {
    return this.verification.verify(request.keyHashes);
  }
}
