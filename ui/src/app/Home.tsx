import { useEffect } from 'react';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { useRail } from './rail';

/** The bare address leads to the first job of the role. */
export function Home() {
  const rail = useRail();
  const go = useGo();
  const first = rail[0]?.path;
  useEffect(() => {
    if (first) go(first, { replace: true });
  }, [first, go]);
  return <PageSkeleton />;
}
