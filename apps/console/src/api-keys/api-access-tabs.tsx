import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Tabs } from '../ui/tabs.js';

/** The sub-tabs of *API Access*. */
export function ApiAccessTabs({ projectId }: { projectId: string }): ReactNode {
  const params = { projectId };
  return (
    <Tabs label="API Access" small>
      <Link
        to="/projects/$projectId/api-access/api-keys"
        params={params}
        activeOptions={{ includeSearch: false }}
      >
        API Keys
      </Link>
      <Link to="/projects/$projectId/api-access/llm-keys" params={params}>
        LLM Keys
      </Link>
      <Link to="/projects/$projectId/api-access/recently-deleted" params={params}>
        Recently deleted
      </Link>
    </Tabs>
  );
}
