import { useEffect, useRef, useState } from 'react';

export interface CodeProps {
  value: string;
  /** What the code holds, for those who do not see it. */
  label: string;
}

/** A CODE128 barcode, drawn as SVG so that it prints sharp. */
export function Barcode({ value, label, height = 32 }: CodeProps & { height?: number }) {
  const place = useRef<SVGSVGElement>(null);
  useEffect(() => {
    let alive = true;
    void import('jsbarcode').then(({ default: draw }) => {
      if (!alive || !place.current) return;
      draw(place.current, value, {
        format: 'CODE128',
        height,
        width: 1.4,
        margin: 0,
        fontSize: 12,
        background: '#ffffff',
        lineColor: '#000000',
      });
    });
    return () => {
      alive = false;
    };
  }, [value, height]);
  return <svg ref={place} className="lt-barcode" role="img" aria-label={label} />;
}

/** Quiet zone around a QR code, in modules: what readers need at least. */
const QR_MARGIN = 2;

/** A QR code. Black on white in both themes: readers need it. */
export function QrCode({ value, label, size = 96 }: CodeProps & { size?: number }) {
  const [grid, setGrid] = useState<{ side: number; path: string } | null>(null);
  useEffect(() => {
    let alive = true;
    void import('qrcode').then(({ default: qr }) => {
      const { modules } = qr.create(value, { errorCorrectionLevel: 'M' });
      if (alive) setGrid({ side: modules.size, path: darkPath(modules.data, modules.size) });
    });
    return () => {
      alive = false;
    };
  }, [value]);
  const side = (grid?.side ?? 1) + 2 * QR_MARGIN;
  return (
    <svg
      className="lt-qr"
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`${-QR_MARGIN} ${-QR_MARGIN} ${side} ${side}`}
      shapeRendering="crispEdges"
    >
      <rect x={-QR_MARGIN} y={-QR_MARGIN} width={side} height={side} fill="#ffffff" />
      <path d={grid?.path ?? ''} fill="#000000" />
    </svg>
  );
}

function darkPath(data: ArrayLike<number>, size: number): string {
  return Array.from(data)
    .map((dark, index) => (dark ? `M${index % size} ${Math.floor(index / size)}h1v1h-1z` : ''))
    .join('');
}
