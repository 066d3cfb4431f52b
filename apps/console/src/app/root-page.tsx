import { Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { SessionGate } from '../session/session-gate.js';
import { Shell } from './shell.js';

export function RootPage(): ReactNode {
  return (
    <SessionGate>
      <Shell>
        <Outlet />
      </Shell>
    </SessionGate>
  );
}
