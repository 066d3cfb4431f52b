import { IconSparkles } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Nothing } from '../ui/nothing.js';
import { ApiAccessTabs } from './api-access-tabs.js';

export function LlmKeysPage(): ReactNode {
  const { projectId } = useParams({ from: '/projects/$projectId/api-access/llm-keys' });
  return (
    <>
      <ApiAccessTabs projectId={projectId} />
      <Nothing icon={IconSparkles} title="LLM Keys are not available yet">
        Keys of LLM providers (OpenAI, Anthropic and others) that are used inside this project will be kept
        here. Until then, do not paste them into notes.
      </Nothing>
    </>
  );
}
