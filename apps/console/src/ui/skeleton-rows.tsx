import { Skeleton, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';

const ROWS = ['70%', '55%', '80%', '62%', '74%', '48%'];

export function SkeletonRows({ label }: { label: string }): ReactNode {
  return (
    <div role="status">
      <VisuallyHidden>{label}</VisuallyHidden>
      {ROWS.map((width) => (
        <Skeleton key={width} height={18} width={width} my={22} radius="sm" />
      ))}
    </div>
  );
}
