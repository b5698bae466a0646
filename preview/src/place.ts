// Where in the page one is, kept in the address after `#`, so that it can be sent to others.
import { useSyncExternalStore } from 'react';

const KINDS = ['d', 'alert', 'alerts', 'metric', 'metrics', 'record', 'slos', 'changes'] as const;

export interface Place {
  kind: 'home' | (typeof KINDS)[number];
  name: string;
  /** The alert that fires; empty for "all is well". */
  scenario: string;
  theme: 'dark' | 'light';
  /** As Grafana has them: `now-6h` and `now`, or milliseconds. Empty for what the dashboard says. */
  from: string;
  to: string;
  /** Chosen values by name of the variable. */
  variables: Record<string, string[]>;
  /** The panel that is shown alone; 0 for all. */
  panel: number;
}

const VARIABLE = 'var-';

export function placeOf(hash: string): Place {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [kind = '', name = ''] = path.split('/');
  const asked = new URLSearchParams(query);
  const variables: Record<string, string[]> = {};
  for (const [key, value] of asked) {
    if (!key.startsWith(VARIABLE) || value === '$__all') continue;
    (variables[key.slice(VARIABLE.length)] ??= []).push(value);
  }
  return {
    kind: KINDS.find((each) => each === kind) ?? 'home',
    name: decodeURIComponent(name),
    scenario: asked.get('while') ?? '',
    theme: asked.get('theme') === 'light' ? 'light' : 'dark',
    from: asked.get('from') ?? '',
    to: asked.get('to') ?? '',
    variables,
    panel: Number(asked.get('viewPanel')?.replace(/^panel-/, '')) || 0,
  };
}

export function hashOf(place: Place): string {
  const { kind, name, scenario, theme, from, to, variables, panel } = place;
  const query = new URLSearchParams();
  if (scenario) query.set('while', scenario);
  if (from && to) {
    query.set('from', from);
    query.set('to', to);
  }
  for (const [key, values] of Object.entries(variables)) {
    for (const value of values) query.append(VARIABLE + key, value);
  }
  if (panel) query.set('viewPanel', String(panel));
  if (theme === 'light') query.set('theme', theme);
  const path = kind === 'home' ? '' : `${kind}/${encodeURIComponent(name)}`;
  return `#/${path}${query.size ? `?${query}` : ''}`;
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function usePlace(): Place {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return placeOf(hash);
}

/** The place after a change of it. Another page has its own time, and no panel alone. */
export function changed(place: Place, change: Partial<Place>): Place {
  const stays = !('kind' in change) && !('name' in change);
  return stays ? { ...place, ...change } : { ...place, from: '', to: '', panel: 0, ...change };
}

export function go(change: Partial<Place>): void {
  location.hash = hashOf(changed(placeOf(location.hash), change));
}

/** Where a link of a dashboard or runbook leads in this page; undefined for one that leads out. */
export function inside(
  href: string,
  dashboards: ReadonlySet<string>,
  alerts: ReadonlySet<string>,
): Partial<Place> | undefined {
  const match = /\/d\/([\w-]+)(?:\/[^?#]*)?(?:\?([^#]*))?/.exec(href);
  if (match && dashboards.has(match[1])) {
    const { from, to, variables, panel } = placeOf(`#/d/${match[1]}?${match[2] ?? ''}`);
    return { kind: 'd', name: match[1], from, to, variables, panel };
  }
  const alert = /([\w-]+)\.md$/.exec(href)?.[1];
  return alert && alerts.has(alert) ? { kind: 'alert', name: alert } : undefined;
}

/** Links to a dashboard or to a runbook stay in the page, until the returned function is called. */
export function followLinks(
  dashboards: ReadonlySet<string>,
  alerts: ReadonlySet<string>,
): () => void {
  const follow = (event: MouseEvent) => {
    const href = (event.target as Element).closest?.('a[href]')?.getAttribute('href') ?? '';
    const place = href && !href.startsWith('#') && inside(href, dashboards, alerts);
    if (!place) return;
    event.preventDefault();
    go(place);
  };
  document.addEventListener('click', follow, true);
  return () => document.removeEventListener('click', follow, true);
}
