import { createTheme, Switch, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'nila',
  primaryShade: { light: 6, dark: 5 },
  colors: {
    nila: [
      '#eff0fd',
      '#dfe1fb',
      '#c8cbf5',
      '#a9aeff',
      '#7f85ec',
      '#5b61e0',
      '#4a50d2',
      '#3d42b8',
      '#33379a',
      '#22243f',
    ],
    gray: [
      '#f6f6f8',
      '#f1f1f4',
      '#e9e9ee',
      '#e7e7ec',
      '#d5d6dd',
      '#868995',
      '#666974',
      '#50535d',
      '#33353d',
      '#1a1b20',
    ],
    dark: [
      '#e9eaee',
      '#b2b5bf',
      '#9598a4',
      '#747884',
      '#383b44',
      '#292b32',
      '#1f2126',
      '#16171b',
      '#101114',
      '#0b0c0e',
    ],
  },
  black: '#1a1b20',
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '0.6875rem', sm: '0.75rem', md: '0.8125rem', lg: '0.875rem', xl: '1.125rem' },
  lineHeights: { xs: '1rem', sm: '1rem', md: '1.25rem', lg: '1.25rem', xl: '1.5rem' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '999px' },
  defaultRadius: 'sm',
  shadows: { md: 'var(--shadow-float)' },
  respectReducedMotion: true,
  components: { Switch: Switch.extend({ defaultProps: { withThumbIndicator: false } }) },
});

const shared = {
  '--mantine-color-body': 'var(--bg)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-3)',
  '--mantine-color-default': 'var(--bg)',
  '--mantine-color-default-hover': 'var(--bg-hover)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-color-error': 'var(--red-text)',
};

/** Mantine's variables read our tokens, so that light and dark live in tokens.css alone. */
export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
