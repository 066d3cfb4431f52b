import type { MantineColor } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export interface MenuAction {
  label: string;
  icon: Icon;
  color?: MantineColor;
  disabled?: boolean;
  /** One of several, of which one holds. */
  checked?: boolean;
  onClick: () => void;
}

export interface MenuSection {
  /** Above its actions: what they concern, or why they are disabled. */
  label?: ReactNode;
  actions: readonly MenuAction[];
}
