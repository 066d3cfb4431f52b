import { Module } from '@nestjs/common';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditRecorder } from './audit-recorder.js';

@Module({ controllers: [AuditEventsController], providers: [AuditRecorder], exports: [AuditRecorder] })
export class AuditModule {}
