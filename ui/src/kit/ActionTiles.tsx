import type { ReactNode } from 'react';
import { PathLink } from './PathLink';
import type { Tone } from './tokens';

export interface ActionTile {
  to: string;
  icon: ReactNode;
  label: ReactNode;
  hint?: ReactNode;
  tone?: Tone;
}

/** A few large actions for a phone: each as big as a thumb, the first one the commonest. */
export function ActionTiles({ tiles, label }: { tiles: ActionTile[]; label: string }) {
  return (
    <nav className="lt-tiles" aria-label={label}>
      {tiles.map((tile) => (
        <PathLink key={tile.to} to={tile.to} className="lt-tile" data-tone={tile.tone ?? 'active'}>
          <span className="lt-tile-icon" aria-hidden="true">
            {tile.icon}
          </span>
          <span className="lt-tile-label">{tile.label}</span>
          {tile.hint && <span className="lt-muted">{tile.hint}</span>}
        </PathLink>
      ))}
    </nav>
  );
}
