import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Shades 7 to 9 have a contrast of 7:1 with white text. */
const brand: MantineColorsTuple = [
  '#eef3ff',
  '#dce5fb',
  '#b8c8f4',
  '#91aaee',
  '#7090e8',
  '#5b80e4',
  '#4f77e3',
  '#2b4fb3',
  '#2b4fb3',
  '#2b4fb3',
]

type Shade = { readonly strong: string; readonly pale: string; readonly filled?: string }

/** Status colours: strong text on a pale background in light mode, the reverse in dark mode. */
const statusColors: Readonly<Record<string, Shade>> = {
  green: { strong: '#176a32', pale: '#d7f5df' },
  red: { strong: '#b3211f', pale: '#fde2e2' },
  orange: { strong: '#8a4300', pale: '#ffe9d1' },
  yellow: { strong: '#7a4b00', pale: '#fff2c4' },
  blue: { strong: '#0f5aa8', pale: '#dfeeff' },
  gray: { strong: '#3d4652', pale: '#e9edf2', filled: '#4b5563' },
}

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: 7,
  colors: { brand },
  autoContrast: true,
  luminanceThreshold: 0.3,
  cursorType: 'pointer',
  defaultRadius: 'md',
  focusRing: 'auto',
  components: {
    // Mantine's default is upper case.
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none' } },
  },
  respectReducedMotion: true,
  fontFamily:
    "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'JetBrains Mono', Menlo, Consolas, monospace",
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.2rem', lineHeight: '1.35' },
      h3: { fontSize: '1.025rem', lineHeight: '1.4' },
    },
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...statusVariables(({ strong, pale }) => ({ ground: pale, text: strong })),
    '--mantine-color-dimmed': '#596270',
    '--mantine-color-placeholder': '#667080',
    '--mantine-color-error': '#b3211f',
    '--mantine-color-anchor': '#2b4fb3',
    // Mantine's default border has a contrast of 1.49:1; WCAG 1.4.11 requires 3:1.
    '--mantine-color-default-border': '#868e96',
    '--kp-ground': '#f6f7f9',
    '--kp-surface': '#ffffff',
    '--kp-line': '#dfe3e8',
  },
  dark: {
    ...statusVariables(({ strong, pale }) => ({ ground: `${strong}66`, text: pale })),
    '--mantine-color-dimmed': '#b3bac2',
    '--mantine-color-placeholder': '#a2a9b1',
    '--mantine-color-error': '#ff9c9c',
    '--mantine-color-anchor': '#9db7ff',
    '--mantine-color-default-border': '#828282',
    '--mantine-color-body': '#16181d',
    '--kp-ground': '#111317',
    '--kp-surface': '#1b1e24',
    '--kp-line': '#343a43',
  },
})

function statusVariables(
  tones: (shade: Shade) => { readonly ground: string; readonly text: string },
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(statusColors).flatMap(([name, shade]) => {
      const { ground, text } = tones(shade)
      const variable = `--mantine-color-${name}`
      return [
        [`${variable}-light`, ground],
        [`${variable}-light-hover`, ground],
        [`${variable}-light-color`, text],
        [`${variable}-outline`, text],
        [`${variable}-text`, text],
        [`${variable}-filled`, shade.filled ?? shade.strong],
        [`${variable}-filled-hover`, shade.filled ?? shade.strong],
      ]
    }),
  )
}
