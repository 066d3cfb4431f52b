import { ActionIcon, Menu } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import type { MenuSection } from './menu-section.js';

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

function Section({ label, actions }: MenuSection): ReactNode {
  return (
    <>
      {label !== undefined && <Menu.Label>{label}</Menu.Label>}
      {actions.map(({ label: text, icon: Icon, color, disabled = false, checked, onClick }) => (
        <Menu.Item
          key={text}
          leftSection={<Icon size={16} aria-hidden />}
          disabled={disabled}
          onClick={onClick}
          {...(color === undefined ? {} : { color: `${color}.8` })}
          {...(checked === undefined ? {} : { role: 'menuitemradio', 'aria-checked': checked })}
          {...(checked === true ? { rightSection: '✓' } : {})}
        >
          {text}
        </Menu.Item>
      ))}
    </>
  );
}
