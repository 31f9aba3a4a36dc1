import { useRouter } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react';

export interface PathLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** A path inside the application, with its query if it has one. */
  to: string;
  linkRef?: Ref<HTMLAnchorElement>;
  children: ReactNode;
}

/** A link within the application. A real address: it can be copied, and opened in a new tab. */
export function PathLink({ to, onClick, linkRef, children, ...rest }: PathLinkProps) {
  const router = useRouter();
  function follow(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
    if (event.defaultPrevented || !plain || rest.target === '_blank') return;
    event.preventDefault();
    router.history.push(to);
  }
  return (
    <a ref={linkRef} href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
