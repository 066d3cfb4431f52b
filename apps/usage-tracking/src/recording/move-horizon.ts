import type { EntityManager } from 'typeorm';

/** Replicas tell in any order, and the clock of JetStream may be ahead of ours. */
const MOVE = `
  UPDATE usage_tracking.recording_horizon SET recorded_before = LEAST($1, now())
  WHERE recorded_before < LEAST($1, now())`;

/** @param recordedBefore everything that JetStream had stored before is recorded */
export async function moveHorizon(manager: EntityManager, recordedBefore: Date): Promise<void> {
  await manager.query(MOVE, [recordedBefore]);
}
