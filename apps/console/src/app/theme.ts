import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Shade 7 carries white text at more than 4.5 : 1. */
const brand: MantineColorsTuple = [
  '#eef2ff',
  '#e0e7ff',
  '#c7d2fe',
  '#a5b4fc',
  '#818cf8',
  '#6366f1',
  '#5457e8',
  '#4f46e5',
  '#4338ca',
  '#3730a3',
];

/** Here, too. */
const red: MantineColorsTuple = [
  '#fef0ee',
  '#fee0dd',
  '#fdc2bd',
  '#fda29b',
  '#f97066',
  '#f04438',
  '#dc3a2e',
  '#c4291c',
  '#a5221a',
  '#7a1f1a',
];

const dark: MantineColorsTuple = [
  '#d5d9e0',
  '#b9bec8',
  '#9299a6',
  '#6a7180',
  '#3d4452',
  '#2b313d',
  '#232833',
  '#171b23',
  '#11141a',
  '#0b0d12',
];

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 7 },
  colors: { brand, red, dark },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Nothing is loaded from anywhere: what the system has is what is shown.
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '600' },
});
