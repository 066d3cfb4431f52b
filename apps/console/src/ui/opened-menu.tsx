import { ActionIcon, Menu } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import type { MenuAction, MenuSection } from './menu-section.js';

interface OpenedMenuProps {
  label: string;
  icon: Icon;
  sections: readonly MenuSection[];
}

/** Takes the place of the button that was pressed, and its focus; from then on it is that button. */
export function OpenedMenu({ label, icon: Icon, sections }: OpenedMenuProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    button.current?.focus();
    setIsOpen(true);
  }, []);
  return (
    <Menu
      withInitialFocusPlaceholder={false}
      position="bottom-end"
      withinPortal={false}
      width={230}
      opened={isOpen}
      onChange={setIsOpen}
    >
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" aria-label={label}>
          <Icon size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {sections.map((section, index) => (
          <Fragment key={section.actions[0]?.label ?? index}>
            {index > 0 && <Menu.Divider />}
            <Section {...section} />
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Action({ label, icon: Icon, color, disabled = false, checked, onClick }: MenuAction): ReactNode {
  const icon = <Icon size={16} aria-hidden />;
  if (checked !== undefined) {
    return (
      <Menu.RadioItem value={label} checked={checked} rightSection={icon} onChange={onClick}>
        {label}
      </Menu.RadioItem>
    );
  }
  return (
    <Menu.Item
      leftSection={icon}
      disabled={disabled}
      onClick={onClick}
      {...(color === undefined ? {} : { color: `${color}.8` })}
    >
      {label}
    </Menu.Item>
  );
}

function Section({ label, actions }: MenuSection): ReactNode {
  return (
    <>
      {label !== undefined && <Menu.Label>{label}</Menu.Label>}
      {actions.map((action) => (
        <Action key={action.label} {...action} />
      ))}
    </>
  );
}
