/**
 * Colours and sizes, in one place for stylesheets, Ant Design and charts alike. A tone has a text
 * colour that is readable on its background (tested, WCAG AA) and a solid one for bars and dots.
 */

export type Tone = 'neutral' | 'active' | 'waiting' | 'soon' | 'overdue' | 'emergency' | 'done';
export type Scheme = 'light' | 'dark';

export interface ToneColours {
  text: string;
  background: string;
  solid: string;
}

export interface Palette {
  accent: string;
  /** Text on the accent colour. */
  onAccent: string;
  page: string;
  surface: string;
  raised: string;
  line: string;
  text: string;
  muted: string;
  tones: Record<Tone, ToneColours>;
}

export const PALETTES: Record<Scheme, Palette> = {
  light: {
    accent: '#0E7490',
    onAccent: '#FFFFFF',
    page: '#F3F5F7',
    surface: '#FFFFFF',
    raised: '#FFFFFF',
    line: '#DDE2E7',
    text: '#1B2229',
    muted: '#56616D',
    tones: {
      neutral: { text: '#3F464E', background: '#EEF0F3', solid: '#6B7580' },
      active: { text: '#0B5C73', background: '#E3F2F6', solid: '#0E7490' },
      waiting: { text: '#465466', background: '#E9EDF2', solid: '#5B6B7F' },
      soon: { text: '#805000', background: '#FFF3D6', solid: '#C27C05' },
      overdue: { text: '#A62C08', background: '#FFEDE6', solid: '#D4380D' },
      emergency: { text: '#A31035', background: '#FDE8ED', solid: '#C0153E' },
      done: { text: '#276A0A', background: '#E9F6E1', solid: '#389E0D' },
    },
  },
  dark: {
    accent: '#45B5D1',
    onAccent: '#06222B',
    page: '#101418',
    surface: '#171C21',
    raised: '#1F262D',
    line: '#303840',
    text: '#E6EAEE',
    muted: '#9DA8B4',
    tones: {
      neutral: { text: '#BFC6CE', background: '#272E35', solid: '#8A949F' },
      active: { text: '#6CCBE3', background: '#0E2E38', solid: '#45B5D1' },
      waiting: { text: '#AFBCCB', background: '#252E38', solid: '#8496AB' },
      soon: { text: '#F2BF55', background: '#362A0C', solid: '#D99A1F' },
      overdue: { text: '#FF9E76', background: '#3B2013', solid: '#F0663A' },
      emergency: { text: '#FF92A9', background: '#3D1722', solid: '#F0476D' },
      done: { text: '#8BD669', background: '#1A2E12', solid: '#58B531' },
    },
  },
};

export const FONT_FAMILY =
  '"PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';

/** Below this width a screen is laid out for a phone (also a laptop at 200% zoom). */
export const PHONE_WIDTH_MAX_PX = 767;

/** Writes the palette into the document as `--lt-…` custom properties. */
export function applyPalette(scheme: Scheme): void {
  const palette = PALETTES[scheme];
  const root = document.documentElement;
  root.dataset.theme = scheme;
  root.style.colorScheme = scheme;
  for (const [name, value] of Object.entries(palette)) {
    if (typeof value === 'string') root.style.setProperty(`--lt-${kebab(name)}`, value);
  }
  for (const [tone, colours] of Object.entries(palette.tones)) {
    root.style.setProperty(`--lt-${tone}-text`, colours.text);
    root.style.setProperty(`--lt-${tone}-background`, colours.background);
    root.style.setProperty(`--lt-${tone}-solid`, colours.solid);
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
