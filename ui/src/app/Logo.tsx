/** Three linked places: the mark of the product. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0E7490" />
      <path d="M16 9.5 8.8 21.5h14.4z" fill="none" stroke="#fff" strokeWidth="2.2" />
      <circle cx="16" cy="9.5" r="4.3" fill="#fff" />
      <circle cx="8.8" cy="21.8" r="3.3" fill="#fff" />
      <circle cx="23.2" cy="21.8" r="3.3" fill="#fff" />
      <circle cx="16" cy="9.5" r="1.7" fill="#0E7490" />
    </svg>
  );
}
