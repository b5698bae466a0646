// Finds anything by words: dashboards, panels, alerts, metrics.
import type { Contents, Panel } from './model';
import type { Place } from './place';

export interface Entry {
  kind: 'Dashboard' | 'Panel' | 'Alert' | 'Metric';
  title: string;
  detail: string;
  place: Pick<Place, 'kind' | 'name'>;
}

const panelsOf = (panels: Panel[]): Panel[] =>
  panels.flatMap((panel) => (panel.type === 'row' ? panelsOf(panel.panels ?? []) : [panel]));

export function entries({ dashboards, alerts, metrics }: Contents): Entry[] {
  return [
    ...dashboards.map(
      ({ uid, title, description = '' }): Entry => ({
        kind: 'Dashboard',
        title,
        detail: description,
        place: { kind: 'd', name: uid },
      }),
    ),
    ...alerts.map(
      ({ name, summary, severity }): Entry => ({
        kind: 'Alert',
        title: name,
        detail: `${severity} ${summary}`,
        place: { kind: 'alert', name },
      }),
    ),
    ...dashboards.flatMap((dashboard) =>
      panelsOf(dashboard.panels).map(
        (panel): Entry => ({
          kind: 'Panel',
          title: panel.title ?? '',
          detail: dashboard.title,
          place: { kind: 'd', name: dashboard.uid },
        }),
      ),
    ),
    ...metrics.map(
      ({ name, help }): Entry => ({
        kind: 'Metric',
        title: name,
        detail: help,
        place: { kind: 'metrics', name },
      }),
    ),
  ];
}

/** Those in which every word occurs, those with the words in their title first. */
export function search(all: Entry[], text: string, most = 12): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const inTitle = ({ title }: Entry) => words.every((word) => title.toLowerCase().includes(word));
  const anywhere = (entry: Entry) =>
    words.every((word) => `${entry.kind} ${entry.title} ${entry.detail}`.toLowerCase().includes(word));
  const found = all.filter(anywhere);
  return [...found.filter(inTitle), ...found.filter((entry) => !inTitle(entry))].slice(0, most);
}
