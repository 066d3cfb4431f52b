import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { SENTINEL_PASS_URL } from '../app/settings.js';

/** API keys have no scopes; what has some is named where one would miss them. */
export function SentinelPassHint(): ReactNode {
  return (
    <Text size="sm" c="dimmed" mt="xl">
      An API key gives full access to its project. For credentials with scopes, or per-agent metrics, use{' '}
      {SENTINEL_PASS_URL === null ? 'Sentinel Pass' : <a href={SENTINEL_PASS_URL}>Sentinel Pass</a>}.
    </Text>
  );
}
