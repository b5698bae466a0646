// Where in the page one is, kept in the address after `#`, so that it can be sent to others.
import { useSyncExternalStore } from 'react';

export interface Place {
  kind: 'home' | 'd' | 'alert' | 'metrics';
  name: string;
  /** The alert that fires; empty for "all is well". */
  scenario: string;
  theme: 'dark' | 'light';
}

export function placeOf(hash: string): Place {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [kind = '', name = ''] = path.split('/');
  const asked = new URLSearchParams(query);
  return {
    kind: kind === 'd' || kind === 'alert' || kind === 'metrics' ? kind : 'home',
    name: decodeURIComponent(name),
    scenario: asked.get('while') ?? '',
    theme: asked.get('theme') === 'light' ? 'light' : 'dark',
  };
}

export function hashOf({ kind, name, scenario, theme }: Place): string {
  const query = new URLSearchParams();
  if (scenario) query.set('while', scenario);
  if (theme === 'light') query.set('theme', theme);
  const path = kind === 'home' ? '' : `${kind}/${encodeURIComponent(name)}`;
  return `#/${path}${query.size ? `?${query}` : ''}`;
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(listen, () => location.hash));
}

export function go(change: Partial<Place>): void {
  location.hash = hashOf({ ...placeOf(location.hash), ...change });
}

/** Links to a dashboard or to a runbook stay in the page. */
export function followLinks(dashboards: ReadonlySet<string>, alerts: ReadonlySet<string>): void {
  document.addEventListener(
    'click',
    (event) => {
      const href = (event.target as Element).closest?.('a[href]')?.getAttribute('href') ?? '';
      const uid = /\/d\/([\w-]+)/.exec(href)?.[1];
      const alert = /^([\w/-]+)\.md$/.exec(href)?.[1];
      if (href.startsWith('#') || (!uid && !alert)) return;
      event.preventDefault();
      if (uid && dashboards.has(uid)) go({ kind: 'd', name: uid });
      if (alert && alerts.has(alert)) go({ kind: 'alert', name: alert });
    },
    true,
  );
}
