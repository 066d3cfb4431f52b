import { Chip, Group, Input, Text, TextInput } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { exactTime } from '../../ui/time-text.js';
import { type Expiry, type ExpiryChoice, PRESETS, today } from './expiry.js';

interface ExpiryFieldProps {
  choice: ExpiryChoice;
  expiry: Expiry;
  onChange: (choice: ExpiryChoice) => void;
}

export function ExpiryField({ choice, expiry, onChange }: ExpiryFieldProps): ReactNode {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id}>
      <Input.Label id={id} labelElement="div">
        Expiry
      </Input.Label>
      <Chip.Group value={choice.preset} onChange={(preset) => onChange({ ...choice, preset: preset })}>
        <Group gap={6} mt={4}>
          {PRESETS.map(({ value, label }) => (
            <Chip key={value} value={value} size="sm" radius="md" variant="outline">
              {label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {choice.preset === 'custom' && (
        <TextInput
          type="date"
          label="Valid until the end of"
          value={choice.day}
          min={today(new Date())}
          onChange={(event) => onChange({ ...choice, day: event.currentTarget.value })}
          error={!expiry.isValid && choice.day !== '' ? expiry.reason : undefined}
          mt="sm"
          maw={220}
        />
      )}
      <Text size="sm" c="dimmed" mt={8} role="status">
        {inWords(expiry)}
      </Text>
    </div>
  );
}

function inWords(expiry: Expiry): string {
  if (!expiry.isValid) return 'Choose the last day on which the key works.';
  if (expiry.at === null) {
    return 'Never expires. Set an expiry for short-lived projects, contractors and experiments.';
  }
  return `Expires on ${exactTime(expiry.at.toISOString())}.`;
}
