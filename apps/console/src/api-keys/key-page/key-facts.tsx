import { Code } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { CopyButton } from '../../ui/copy-button.js';
import { Time } from '../../ui/time.js';
import { useApiKeyUsage } from '../use-api-keys.js';
import classes from './key-page.module.css';

export function KeyFacts({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { createdAt, createdBy, expiresAt, lastUsedAt, replacesKeyId, projectId, id } = apiKey;
  const { data: usage } = useApiKeyUsage(apiKey);
  const firstUsedAt = usage?.firstUsedAt ?? null;
  return (
    <dl className={classes['facts']}>
      <Fact name="Created">
        <Time at={createdAt} /> by {createdBy}
      </Fact>
      <Fact name="Expires">{expiresAt === null ? 'Never' : <Time at={expiresAt} />}</Fact>
      <Fact name="First used">{firstUsedAt === null ? 'Never used' : <Time at={firstUsedAt} />}</Fact>
      <Fact name="Last used">{lastUsedAt === null ? 'Never used' : <Time at={lastUsedAt} />}</Fact>
      {replacesKeyId !== null && (
        <Fact name="Replaces">
          <Link
            to="/projects/$projectId/api-access/api-keys/$keyId"
            params={{ projectId, keyId: replacesKeyId }}
          >
            the old key
          </Link>
        </Fact>
      )}
      <Fact name="Id">
        <Code>{id}</Code> <CopyButton value={id} label="Copy the id" />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
