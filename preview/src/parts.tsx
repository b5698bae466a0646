// Small parts that several pages have.
import { type ReactNode, useEffect, useRef } from 'react';
import { changed, hashOf, type Place, usePlace } from './place';

/** A link within the page, which keeps the situation and the theme. */
export function Go({ to, children, className }: { to: Partial<Place>; children: ReactNode; className?: string }) {
  const place = usePlace();
  const current = to.kind === place.kind && (to.name ?? '') === place.name && !to.panel === !place.panel;
  return (
    <a
      className={className ?? 'pb-link'}
      href={hashOf(changed(place, { name: '', ...to }))}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  );
}

/** Something to choose from, which closes on Escape and on a click elsewhere. */
export function Drop({ label, text, children }: { label: string; text: string; children: ReactNode }) {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const { current } = element;
      if (!current?.open) return;
      if (event instanceof KeyboardEvent) {
        if (event.key !== 'Escape') return;
        current.querySelector('summary')?.focus();
      } else if (current.contains(event.target as Node)) return;
      current.open = false;
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, []);
  return (
    <details ref={element} className="pb-drop">
      <summary>
        {label && <span>{label}: </span>}
        <b>{text}</b>
      </summary>
      <div className="pb-drop-body">{children}</div>
    </details>
  );
}

export function Severity({ name }: { name: string }) {
  return <span className={`pb-severity pb-${name}`}>{name}</span>;
}

/** A table that may be wider than the page. */
export function Wide({ label, heads, children }: { label: string; heads: string[]; children: ReactNode }) {
  return (
    <div className="pb-scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export const several = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
