import { language } from '@/i18n';

const FEN_PER_YUAN = 100;
const YUAN_PER_WAN = 10_000;
const YUAN_PER_THOUSAND = 1_000;

/** An amount of 分 as `¥1,234.50`. Integer arithmetic only: no cent is lost on the way. */
export function moneyText(fen: number): string {
  const absolute = Math.abs(Math.trunc(fen));
  const yuan = Math.floor(absolute / FEN_PER_YUAN).toString();
  const cents = (absolute % FEN_PER_YUAN).toString().padStart(2, '0');
  const grouped = yuan.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${fen < 0 ? '-' : ''}¥${grouped}.${cents}`;
}

/** For charts, from ten thousand on: `¥12.3 万`, in English `¥123k`. */
export function moneyShort(fen: number): string {
  const yuan = fen / FEN_PER_YUAN;
  if (Math.abs(yuan) < YUAN_PER_WAN) return `¥${Math.round(yuan)}`;
  if (language() === 'en') return `¥${Math.round(yuan / YUAN_PER_THOUSAND)}k`;
  return `¥${(yuan / YUAN_PER_WAN).toFixed(1)} 万`;
}

export interface MoneyProps {
  fen: number | null | undefined;
}

/** An amount in tabular figures. */
export function Money({ fen }: MoneyProps) {
  if (fen === null || fen === undefined) return <span className="lt-muted">—</span>;
  return <span className="lt-figures">{moneyText(fen)}</span>;
}
