import { Anchor } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Nothing } from '../ui/nothing.js';

export function NotFoundPage(): ReactNode {
  return (
    <Nothing
      isPage
      icon={IconMapQuestion}
      title="There is no such page"
      action={<Anchor renderRoot={(props) => <Link to="/projects" {...props} />}>All projects</Anchor>}
    >
      The address may be mistyped, or what it led to has been deleted.
    </Nothing>
  );
}
