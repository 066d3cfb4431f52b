import {
  type Icon,
  IconCircleCheck,
  IconClockExclamation,
  IconClockX,
  IconHourglassHigh,
  IconZzz,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ApiKey } from '../api/types.js';
import { Pill } from '../ui/pill.js';
import { useNow } from '../ui/clock.js';
import { type KeyState, stateOf, type Tone } from './key-state.js';

const LOOKS: Record<KeyState, { tone: Tone; icon: Icon }> = {
  active: { tone: 'ok', icon: IconCircleCheck },
  expiring: { tone: 'warn', icon: IconClockExclamation },
  expired: { tone: 'danger', icon: IconClockX },
  idle: { tone: 'muted', icon: IconZzz },
  deleting: { tone: 'danger', icon: IconHourglassHigh },
};

export function StateBadge({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { state, label } = stateOf(apiKey, useNow());
  return (
    <Pill icon={LOOKS[state].icon} tone={LOOKS[state].tone}>
      {label}
    </Pill>
  );
}
